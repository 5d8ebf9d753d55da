"""A language that the product does not ship works from a folder of data, without a line of code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from api.app import create_app
from bootstrap.application import services_of
from bootstrap.demo import seed_shop
from bootstrap.settings import Settings
from bootstrap.wiring import open_deployment
from commerce.demo import stories
from facts.clock import SystemClock

LANGUAGES = Path(__file__).parent.parent / "data" / "languages"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def customer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A Swedish customer of the demo shop, with the toy language's folder set."""
    home = tmp_path_factory.mktemp("sv")
    settings = Settings(_env_file=None, home=home, demo=True, languages_dir=LANGUAGES)  # type: ignore[call-arg]
    async with open_deployment(settings, SystemClock()) as deployment, httpx.AsyncClient() as outward:
        await seed_shop(deployment)
        transport = httpx.ASGITransport(app=create_app(services_of(deployment, outward)))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop", timeout=60) as client:
            opened = (await client.post("/v1/conversations", json={"market": "SE"})).json()
            client.headers["Authorization"] = f"Bearer {opened['conversation_token']}"
            client.base_url = httpx.URL(f"http://shop/v1/conversations/{opened['conversation_id']}/")
            yield client


async def _say(customer: httpx.AsyncClient, text: str) -> dict[str, object]:
    answer = await customer.post("messages", json={"text": text}, headers={"Idempotency-Key": uuid4().hex})
    reply: dict[str, object] = answer.json()
    return reply


@pytest.mark.asyncio(loop_scope="module")
async def test_an_order_is_found_and_told_in_the_language(customer: httpx.AsyncClient) -> None:
    story = stories()["in_transit_se"]
    reply = await _say(
        customer, f"Hej, var är min beställning {story.number}? Min e-postadress är {story.email}"
    )
    assert reply["language"] == "sv"
    assert "paket" in str(reply["text"]).lower()
    assert "tracking.in_transit" in [entry["statement"] for entry in reply["evidence"]]  # type: ignore[attr-defined]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_policy_question_is_answered_with_the_country_s_figures(customer: httpx.AsyncClient) -> None:
    reply = await _say(customer, "Vad kostar frakten till Sverige?")
    assert reply["language"] == "sv"
    assert "kr" in str(reply["text"])
