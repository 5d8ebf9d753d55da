"""Deployments with the planner that asks a model, against a scripted one over HTTP."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from api.app import create_app
from bootstrap.application import services_of
from bootstrap.demo import seed_shop
from bootstrap.settings import Settings
from bootstrap.wiring import Deployment
from commerce.demo import Story, demo_documents_dir, stories
from conversations.models import Reply
from evals.scripted_model import Answer, ScriptedModel, in_turn, scripted_model
from evals.stage import Stage
from i18n.languages import BUILT_IN
from knowledge.ingest import ingest_directory
from nlu.embedded import EmbeddedUnderstanding

TIMEOUT_S = 1.5
LANGUAGES = ("en", "de", "zh-Hans")


@pytest.fixture(scope="session")
def endpoint() -> Iterator[ScriptedModel]:
    with scripted_model(in_turn(Answer("nobody has said what to say", status=500))) as running:
        yield running


class QuickStage(Stage):
    """With one document of the demo shop: what a model says about passages does not depend on their number."""

    async def fill(self, deployment: Deployment) -> None:
        documents = self._folder / "documents"
        (documents / "en").mkdir(parents=True)
        shutil.copy(demo_documents_dir() / "en" / "privacy-and-contact.md", documents / "en")
        await seed_shop(deployment)
        await ingest_directory(documents, deployment.index)


@pytest.fixture(scope="session")
def stage(endpoint: ScriptedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    understanding = EmbeddedUnderstanding([BUILT_IN])
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        llm_base_url=endpoint.base_url,
        llm_timeout_s=TIMEOUT_S,
        message_limits="1000/second",
    )
    built = QuickStage(tmp_path_factory.mktemp("stage"), understanding, settings)
    asyncio.run(built.build())
    yield built
    understanding.close()


@pytest.fixture
def model(endpoint: ScriptedModel) -> ScriptedModel:
    """The endpoint with nothing heard yet."""
    endpoint.requests.clear()
    return endpoint


@pytest.fixture
async def deployment(stage: Stage) -> AsyncIterator[Deployment]:
    async with stage.play(uuid4().hex) as running:
        yield running


@dataclass
class Chat:
    """One customer's conversation over the interface."""

    client: httpx.AsyncClient
    deployment: Deployment
    path: str
    token: str

    async def say(self, text: str) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        answer = await self.client.post(self.path, json={"text": text}, headers=headers)
        answer.raise_for_status()
        return Reply.model_validate(answer.json())

    async def code(self) -> str:
        (mail,) = await self.deployment.mails.recent(1)
        found = re.search(r"\b\d{6}\b", mail.text)
        assert found
        return found[0]


@pytest.fixture
async def chat(deployment: Deployment) -> AsyncIterator[Chat]:
    app = create_app(services_of(deployment, httpx.AsyncClient()))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://stage") as client:
        opened = (await client.post("/v1/conversations", json={"channel": "chat"})).json()
        path = f"/v1/conversations/{opened['conversation_id']}/messages"
        yield Chat(client, deployment, path, opened["conversation_token"])


def story(scenario: str, language: str) -> Story:
    return stories()[f"{scenario}_{language.partition('-')[0]}"]


WHERE = {
    "en": "Where is my order {number}? My email is {email}, postcode {postcode}",
    "de": "Wo ist meine Bestellung {number}? Meine E-Mail ist {email}, Postleitzahl {postcode}",
    "zh-Hans": "我的订单{number}到哪里了？邮箱是{email}，邮编{postcode}",
}
CANCEL = {
    "en": "Please cancel my order {number}. My email is {email}",
    "de": "Bitte stornieren Sie meine Bestellung {number}. Meine E-Mail ist {email}",
    "zh-Hans": "请取消我的订单{number}，邮箱是{email}",
}


def filled(wording: str, about: Story) -> str:
    return wording.format(number=about.number, email=about.email, postcode=about.postcode)
