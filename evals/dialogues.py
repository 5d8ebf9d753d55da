"""Plays a case over the real interface and judges it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import httpx
import jwt
from pydantic import SecretStr

from api.app import create_app
from bootstrap.application import services_of
from bootstrap.wiring import Deployment
from commerce.demo import Story, stories
from commerce.models import Order
from conversations.models import Reply
from desk.staff import Role, Staff, StaffTokens
from evals.cases import Case, Said
from evals.endstate import Snapshot, differences, later_snapshot
from evals.photos import photo
from evals.scorers import problems
from evals.stage import Stage
from facts.values import Term
from i18n.locale import Locale

CODE = re.compile(r"\b\d{6}\b")
CUSTOMER_SECRET = SecretStr("a secret of the evaluation stage, 32 bytes")
STAFF = Staff(id="eva", name="Eva", role=Role.SENIOR)


@dataclass(slots=True)
class Outcome:
    """One wording of one case: what was said, and what was wrong with it."""

    case: str
    language: str
    variant: int
    problems: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    total_ms: list[float] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.problems


async def play(stage: Stage, case: Case, variant: int) -> Outcome:
    """Play one wording from an untouched shop."""
    outcome = Outcome(case.case, case.language, variant)
    async with stage.play(f"{case.case}-{case.language}-{variant}-{uuid4().hex[:8]}") as deployment:
        app = create_app(services_of(deployment, httpx.AsyncClient()))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://stage") as client:
            await _Dialogue(case, variant, deployment, client, outcome).run(stage.untouched)
    return outcome


class _Dialogue:
    def __init__(
        self, case: Case, variant: int, deployment: Deployment, client: httpx.AsyncClient, outcome: Outcome
    ) -> None:
        known = stories()
        self._case = case
        self._variant = variant
        self._deployment = deployment
        self._client = client
        self._outcome = outcome
        self._story = known[case.story]
        self._fill = dict(_placeholders(self._story, known.get(case.other_story or "")))
        self._heard: list[str] = []

    async def run(self, before: Snapshot) -> None:
        backend = self._deployment.backend
        self._fill |= self._pieces(before.orders[self._story.number])
        path = await self._open()
        for said in self._case.turns:
            await self._turn(path, said)
        after = await later_snapshot(backend, before)
        self._outcome.problems += await differences(backend, before, after, self._case.end, self._fill)

    def _pieces(self, order: Order) -> dict[str, str]:
        """The order's first two lines, as `{colour_a}` and `{sku_a}`, `{colour_b}` and `{sku_b}`."""
        locale, render = Locale(self._case.language), self._deployment.renderer.fact
        pieces = {}
        for letter, line in zip("ab", order.lines, strict=False):
            pieces[f"sku_{letter}"] = line.sku
            if colour := line.options.get("colour"):
                pieces[f"colour_{letter}"] = render(locale, Term(id=f"term.colour.{colour}"))
        return pieces

    async def _open(self) -> str:
        body = {"channel": "chat", "market": self._case.market}
        if self._case.signed_in:
            expires = self._deployment.clock.now() + timedelta(hours=1)
            claims = {"sub": self._story.customer_id, "exp": int(expires.timestamp())}
            body["customer_token"] = jwt.encode(claims, CUSTOMER_SECRET.get_secret_value(), "HS256")
        opened = await self._client.post("/v1/conversations", json=body)
        opened.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {opened.json()['conversation_token']}"
        self._id = str(opened.json()["conversation_id"])
        return f"/v1/conversations/{self._id}/messages"

    async def _turn(self, path: str, said: Said) -> None:
        if said.later:
            self._deployment.clock.advance(timedelta(minutes=said.later))  # type: ignore[attr-defined]
        text = said.variant(self._variant).format_map({**self._fill, "code": await self._code()})
        self._heard.append(text)
        self._outcome.transcript.append(f"customer: {text}")
        body = {"text": text, "attachments": [await self._photo()]} if said.photo else {"text": text}
        answer = await self._client.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
        if answer.status_code != httpx.codes.OK:
            self._outcome.problems.append(f"{answer.status_code}: {answer.text}")
            return
        reply = Reply.model_validate(answer.json())
        self._outcome.transcript.append(f"shop: {reply.text}")
        self._outcome.total_ms.append(reply.timings_ms.get("total", 0.0))
        position = len(self._heard)
        found = problems(reply, said.expect, self._case.language, self._heard, self._deployment.renderer)
        self._outcome.problems += [f"message {position}: {problem}" for problem in found]
        for act in said.staff:
            await self._staff(act)

    async def _photo(self) -> str:
        """A picture of the customer's, kept by the shop; its id."""
        url = f"/v1/conversations/{self._id}/attachments"
        kept = await self._client.post(url, content=photo(), headers={"Content-Type": "image/jpeg"})
        kept.raise_for_status()
        return str(kept.json()["attachment_id"])

    async def _code(self) -> str:
        """The newest one-time code that was mailed, as its reader would type it."""
        for mail in await self._deployment.mails.recent(5):
            if mail.recipient == self._story.email and (found := CODE.search(mail.text)):
                return found[0]
        return "000000"

    async def _staff(self, act: str) -> None:
        token = StaffTokens(self._deployment.secret, self._deployment.clock).issue(STAFF, timedelta(hours=1))
        verb, _, words = act.partition(": ")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
        url = f"/v1/desk/conversations/{self._id}/{verb.replace('_', '-')}"
        answer = await self._client.post(url, json={"text": words} if words else None, headers=headers)
        answer.raise_for_status()
        self._outcome.transcript.append(f"staff: {act}")


def _placeholders(story: Story, other: Story | None) -> Mapping[str, str]:
    fill = {"number": story.number, "email": story.email, "postcode": story.postcode}
    if other:
        fill |= {"other_number": other.number, "other_email": other.email, "other_postcode": other.postcode}
    return fill
