"""The ASGI application: a deployment behind its HTTP interface."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from agent.accounts import Accounts
from api.app import create_app
from api.customer_tokens import CustomerTokens
from api.metrics import Metrics
from api.services import Services
from api.throttle import Throttle
from bootstrap.notices import couriers
from bootstrap.settings import Settings
from bootstrap.wiring import Deployment, open_deployment
from conversations.pictures import Darkroom
from desk.errors import TaskFailed
from desk.service import Desk
from desk.staff import Staff, StaffTokens
from facts.clock import SystemClock
from knowledge.policy import Policy
from telemetry.logs import configure_logs

WEB = Path(__file__).parent.parent / "web"
DONE = frozenset({"done", "fulfilled", "rejected"})


class StaffDecisions:
    """The desk's port to proposals: an act that did not happen leaves its task open."""

    def __init__(self, deployment: Deployment) -> None:
        self._approvals = deployment.approvals

    async def approve(self, proposal_id: str, staff: Staff) -> str:
        return _happened(await self._approvals.approve(proposal_id, staff.id))

    async def fulfil(self, proposal_id: str, staff: Staff) -> str:
        return _happened(await self._approvals.fulfil(proposal_id, staff.id))

    async def reject(self, proposal_id: str, staff: Staff) -> str:
        return _happened(await self._approvals.reject(proposal_id, staff.id))


def _happened(outcome: str) -> str:
    if outcome not in DONE:
        raise TaskFailed(outcome)
    return outcome


def services_of(
    deployment: Deployment, client: httpx.AsyncClient, metrics: Metrics | None = None
) -> Services:
    """What the interface is given."""
    settings = deployment.settings
    conversations = deployment.conversations
    erasures = deployment.erasures
    return Services(
        conversations=conversations,
        dispatcher=deployment.runner,
        desk=Desk(conversations, StaffDecisions(deployment), deployment.channels, deployment.ports.modes),
        staff_tokens=StaffTokens(deployment.secret, deployment.clock),
        customer_tokens=CustomerTokens(
            deployment.clock,
            secret=settings.customer_token_secret.get_secret_value()
            if settings.customer_token_secret
            else None,
            jwks_url=settings.customer_token_jwks_url,
        ),
        renderer=deployment.renderer,
        clock=deployment.clock,
        mails=deployment.mails,
        mask=deployment.understanding.mask,
        caller=deployment.caller,
        metrics=metrics or Metrics(),
        darkroom=Darkroom(settings.picture_max_bytes, settings.picture_max_pixels),
        pictures_each=settings.pictures_per_conversation,
        throttle=Throttle(settings.limits_url, settings.message_limits),
        reply_wait_s=settings.reply_wait_s,
        origins=settings.origins,
        demo=settings.demo,
        shop={"name": deployment.policy.shop.name, "markets": _markets(deployment.policy)},
        web=WEB,
        checks={"database": deployment.check_database, "index": deployment.check_index},
        erasures=erasures,
        accounts=Accounts(deployment.ports, erasures),
        started=(deployment.understanding.warm_up, deployment.runner.start),
        background=(*couriers(deployment, client), erasures.run, deployment.goods.keep_fresh),
    )


def _markets(policy: Policy) -> list[str]:
    return sorted({country for zone in policy.shipping.zones for country in zone.countries})


def build_app(settings: Settings | None = None) -> Starlette:
    """The application of the deployment that the settings describe; it opens when the server starts."""
    chosen = settings or Settings()
    configure_logs(chosen.log_level)

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await outer.state.inner(scope, receive, send)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        metrics = Metrics()
        opened = open_deployment(chosen, SystemClock(), observer=metrics)
        async with opened as deployment, httpx.AsyncClient() as client:
            served = create_app(services_of(deployment, client, metrics))
            async with served.router.lifespan_context(served):
                app.state.inner = served
                # What was loaded stays for good: it need not be searched for garbage at every collection.
                gc.freeze()
                gc.enable()
                yield

    outer = Starlette(routes=[Mount("/", app=inner)], lifespan=lifespan)
    return outer
