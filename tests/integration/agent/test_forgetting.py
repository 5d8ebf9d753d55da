"""A customer who erases herself leaves no trace: in no row, no state, no file, no log, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import MetaData, func, make_url, select

from bootstrap.wiring import Deployment
from commerce.errors import BackendUnavailable
from conversations.customer_tables import erasures, profiles
from conversations.models import Mode, Priority
from conversations.tables import conversations
from desk.staff import Role, Staff, StaffTokens
from facts.clock import SystemClock
from telemetry.logs import configure_logs
from tests.integration.agent.conftest import STORIES, House, Open, Talk
from tests.integration.agent.remembering import (
    OTHER_ORDER,
    SECRET,
    STORY,
    bearer,
    listener,
    open_shop,
    token,
)
from tests.integration.agent.test_storage import PausingPlanner

ME = "/v1/customers/me"
CANARY = "Quetzalcoatl"
MAIL = "quetzal.canary@featherstone.example"
STREET = "Featherstonehaugh"
CANARIES = (CANARY, MAIL, STREET)
EVERY_NOTICE = {
    "customer_token_secret": SecretStr(SECRET),
    "staff_webhook_url": "http://127.0.0.1:9/",
    "staff_slack_url": SecretStr("http://127.0.0.1:9/"),
    "staff_robots_from": Priority.NORMAL,
}
GONE = "urn:dragoman:problem:conversation_erased"


async def everything(deployment: Deployment) -> str:
    """Every cell of every table, those of the graph's states too where they share the database."""
    cells = []
    async with deployment.database.read() as connection:
        tables = MetaData()
        await connection.run_sync(tables.reflect)
        for table in tables.sorted_tables:
            cells += [str(tuple(row)) for row in await connection.execute(select(table))]
    return "\n".join(cells)


def files_of(house: House) -> bytes:
    """The bytes of everything below the home, and of the database's files."""
    found = [*house.deployment.settings.home.rglob("*")]
    url = make_url(house.deployment.settings.database)
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        found += [*file.parent.glob(f"{file.stem}*")]
    return b"".join(file.read_bytes() for file in found if file.is_file())


def residue(raw: bytes) -> list[str]:
    spellings = {each: (each.encode(), each.encode("utf-16-le")) for each in CANARIES}
    return [each for each, written in spellings.items() if any(one in raw for one in written)]


def staff(house: House, role: Role = Role.SENIOR) -> dict[str, str]:
    tokens = StaffTokens(house.deployment.secret, SystemClock())
    return bearer(tokens.issue(Staff(id="anna", name="Anna", role=role), timedelta(hours=1)))


async def lived(house: House) -> Talk:
    """A conversation with all that a conversation may leave: proposal, handoff, notices, staff's words, mails."""
    talk = await house.open(customer_token=token(email=MAIL), language="en")
    await talk.say(f"I am {CANARY} of 5 {STREET} Lane, {MAIL}. Please cancel {OTHER_ORDER.number}")
    await talk.say("Yes, please")
    await talk.say(f"I want a person, {CANARY}")
    path = f"/v1/desk/conversations/{talk.id}"
    assert (await house.client.post(f"{path}/take", headers=staff(house))).status_code == 200
    said = await house.client.post(
        f"{path}/reply",
        json={"text": f"Dear {CANARY}"},
        headers=staff(house) | {"Idempotency-Key": "r1"},
    )
    assert said.status_code == 200
    await house.deployment.mails.add(MAIL, CANARY, f"Dear {CANARY}, {STREET}", "en", conversation_id=talk.id)
    await house.idle()
    return talk


async def churn(house: House) -> None:
    """Enough other rows that pages were split and joined."""
    for number in range(40):
        other = await house.open(language="en")
        await house.conversations.accept(other.id, f"thank you {number} " * 40, f"k{number}")


async def test_nothing_of_her_is_left(
    either_shop_url: str, open_house: Open, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logs("debug")
    house = await open_house(either_shop_url, listener(), **EVERY_NOTICE)
    talk = await lived(house)
    await churn(house)
    assert CANARY in await everything(house.deployment)
    answer = await house.client.delete(ME, headers=bearer(token()))
    assert answer.status_code == 200, answer.text
    erased = answer.json()
    assert (erased["conversations"], erased["complete"]) == (1, True)
    assert {each["what"] for each in erased["kept"]} == {"orders", "changes"}
    assert residue((await everything(house.deployment)).encode()) == []
    assert residue(files_of(house)) == []
    assert residue("".join(capfd.readouterr()).encode()) == []
    assert talk.id not in states(house), "no state of the graph"
    order = await house.deployment.backend.order_by_number(OTHER_ORDER.number)
    assert order is not None
    assert order.status == "cancelled", "what was done stays done"


def states(house: House) -> str:
    """The threads that the graph has states of, where they have a file of their own."""
    url = make_url(house.deployment.settings.database)
    if url.get_backend_name() != "sqlite":
        return ""
    with sqlite3.connect(Path(url.database or "").with_suffix(".graph.db")) as file:
        return str(file.execute("SELECT thread_id FROM checkpoints").fetchall())


async def test_index_holds_no_word_of_customers(open_house: Open, shop_url: str) -> None:
    """Chroma is written by ingestion alone: a conversation leaves its files as they are."""
    house = await open_shop(open_house, shop_url)

    def index() -> bytes:
        folder = house.deployment.settings.home / "index"
        return b"".join(sorted(file.read_bytes() for file in folder.rglob("*") if file.is_file()))

    await lived(house)
    assert residue(index()) == []


async def test_erasing_again_changes_nothing(open_house: Open, shop_url: str) -> None:
    house = await open_shop(open_house, shop_url)
    await lived(house)
    first = await house.client.delete(ME, headers=bearer(token()))
    again = await house.client.delete(ME, headers=bearer(token()))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() | {"conversations": 0, "profile": False}
    account = (await house.client.get(ME, headers=bearer(token()))).json()
    assert (account["profile"], account["conversations"]) == (None, [])


async def test_conversation_in_which_only_number_and_address_were_known_is_erased_too(
    open_house: Open, shop_url: str
) -> None:
    house = await open_shop(open_house, shop_url)
    talk = await house.open(language="en")
    await talk.say(f"Where is {STORY.number}? {STORY.email}. I am {CANARY}")
    other = await house.open(language="en")
    await other.say(f"Where is {STORIES['in_transit_de'].number}? {STORIES['in_transit_de'].email}")
    await house.client.delete(ME, headers=bearer(token()))
    assert (await house.client.get(talk.path, headers=talk.headers)).status_code == 404
    assert (await house.client.get(other.path, headers=other.headers)).status_code == 200


async def test_staff_who_answer_afterwards_are_told_and_nothing_is_stored(
    open_house: Open, shop_url: str
) -> None:
    house = await open_shop(open_house, shop_url)
    talk = await lived(house)
    await house.client.delete(ME, headers=bearer(token()))
    path = f"/v1/desk/conversations/{talk.id}"
    for method, route, body in (
        ("POST", f"{path}/reply", {"text": f"Dear {CANARY}"}),
        ("POST", f"{path}/take", None),
        ("POST", f"{path}/hand-back", None),
        ("GET", path, None),
        ("GET", f"{path}/drafts", None),
    ):
        answer = await house.client.request(
            method,
            route,
            json=body,
            headers=staff(house) | {"Idempotency-Key": "r2", "Accept-Language": "zh-Hans"},
        )
        assert (answer.status_code, answer.json()["type"]) == (410, GONE), route
        assert answer.json()["detail"] == house.words("zh-Hans", "problem.conversation_erased")
    assert residue((await everything(house.deployment)).encode()) == []


async def test_drafts_that_staff_send_afterwards_are_refused(open_house: Open, shop_url: str) -> None:
    house = await open_house(shop_url, listener(), customer_token_secret=SecretStr(SECRET), mode=Mode.DRAFT)
    talk = await house.open(customer_token=token(), language="en")
    await talk.say(f"thank you, {CANARY}")
    await house.idle()
    (draft,) = await house.conversations.drafts(talk.id)
    await house.client.delete(ME, headers=bearer(token()))
    answer = await house.client.post(
        f"/v1/desk/conversations/{talk.id}/drafts/{draft.id}/send",
        json={"text": f"Dear {CANARY}"},
        headers=staff(house),
    )
    assert (answer.status_code, answer.json()["type"]) == (410, GONE)
    assert residue((await everything(house.deployment)).encode()) == []


async def test_turn_under_way_leaves_nothing(either_shop_url: str, open_house: Open) -> None:
    house = await open_shop(open_house, either_shop_url)
    talk = await house.open(customer_token=token(), language="en")
    planner = PausingPlanner()
    runner = house.another_runner(planner=planner)
    await house.conversations.accept(talk.id, f"Hello, {CANARY}", "k1")
    runner.notify(talk.id)
    await planner.thinks.wait()
    assert (await house.client.delete(ME, headers=bearer(token()))).status_code == 200
    planner.go_on.set()
    await runner.stop()
    assert residue((await everything(house.deployment)).encode()) == []
    assert talk.id not in states(house)
    assert await house.deployment.ports.records.profiles.get(STORY.customer_id) is None


async def test_erasure_that_broke_off_is_completed(
    either_shop_url: str, open_house: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await open_shop(open_house, either_shop_url)
    talks = [await lived(house)]
    talks.append(await house.open(customer_token=token(email=MAIL), language="en"))
    await talks[1].say(f"thank you, {CANARY}")
    erase = type(house.conversations).erase
    erased: list[str] = []

    async def dies(self: object, conversation_id: str) -> None:
        if erased:
            raise ConnectionError("the process is gone")
        erased.append(conversation_id)
        await erase(self, conversation_id)  # type: ignore[arg-type]

    with monkeypatch.context() as crash:
        crash.setattr(type(house.conversations), "erase", dies)
        assert (await house.client.delete(ME, headers=bearer(token()))).status_code == 500
    assert CANARY in await everything(house.deployment)
    working = asyncio.create_task(house.deployment.erasures.run())
    await nothing_left(house)
    working.cancel()
    assert residue((await everything(house.deployment)).encode()) == []
    assert residue(files_of(house)) == []


async def nothing_left(house: House) -> None:
    """Wait until no erasure is under way."""
    async with asyncio.timeout(20):
        while True:
            async with house.deployment.database.read() as connection:
                count = (await connection.execute(select(func.count()).select_from(erasures))).scalar_one()
            if not count:
                return
            await asyncio.sleep(0.05)


async def test_erasure_waits_for_a_shop_that_does_not_answer(
    open_house: Open, shop_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await open_shop(open_house, shop_url)
    await lived(house)

    async def away(*_: object, **__: object) -> None:
        raise BackendUnavailable

    with monkeypatch.context() as outage:
        outage.setattr(type(house.deployment.backend), "orders_of", away)
        answer = await house.client.delete(ME, headers=bearer(token()))
        assert (answer.status_code, answer.json()["complete"]) == (202, False)
        assert residue((await everything(house.deployment)).encode()) == [], "her own are gone at once"
    working = asyncio.create_task(house.deployment.erasures.run())
    await nothing_left(house)
    working.cancel()


async def test_one_erased_conversation_leaves_no_bytes_either(open_house: Open, shop_url: str) -> None:
    house = await open_shop(open_house, shop_url)
    talk = await lived(house)
    await churn(house)
    assert (await house.client.delete(talk.path, headers=talk.headers)).status_code == 204
    working = asyncio.create_task(house.deployment.erasures.run())
    await nothing_left(house)
    working.cancel()
    assert residue(files_of(house)) == []


async def test_another_customer_keeps_everything(open_house: Open, shop_url: str) -> None:
    house = await open_shop(open_house, shop_url)
    other = STORIES["in_transit_de"]
    theirs = await house.open(customer_token=token(other.customer_id, other.email), language="de")
    await theirs.say(f"where is {other.number}?")
    await lived(house)
    await house.idle()
    await house.client.delete(ME, headers=bearer(token()))
    assert len(await theirs.transcript()) == 2
    async with house.deployment.database.read() as connection:
        kept = (await connection.execute(select(profiles.c.customer_id))).scalars().all()
        alive = select(conversations.c.id).where(conversations.c.erased_at.is_(None))
        assert (await connection.execute(alive)).scalars().all() == [theirs.id]
    assert kept == [other.customer_id]


async def test_work_that_waits_for_a_person_goes_on_without_words(open_house: Open, shop_url: str) -> None:
    """She said yes to what a senior has to approve, and erased herself before he did."""
    house = await open_shop(open_house, shop_url)
    story = STORIES["high_value_en"]
    signed = token(story.customer_id, MAIL)
    talk = await house.open(customer_token=signed, language="en")
    await talk.say(f"I am {CANARY}. Please cancel {story.number}")
    assert (await talk.say("Yes, please")).actions[0].state == "awaiting_approval"
    (task,) = await house.conversations.tasks(talk.id)
    erased = (await house.client.delete(ME, headers=bearer(signed))).json()
    assert {each["what"] for each in erased["kept"]} == {"orders", "changes", "open_work"}
    assert [each.summary for each in await house.conversations.tasks()] == [{}]
    approved = await house.client.post(f"/v1/desk/tasks/{task.id}/approve", headers=staff(house))
    assert approved.status_code == 200, approved.text
    order = await house.deployment.backend.order_by_number(story.number)
    assert order is not None
    assert order.status == "cancelled"
    assert await house.deployment.ports.proposals.of([talk.id]) == []
    assert residue((await everything(house.deployment)).encode()) == []
    assert (await house.client.delete(ME, headers=bearer(signed))).json()["kept"] == [
        each for each in erased["kept"] if each["what"] != "open_work"
    ]


async def test_late_handoff_of_an_erased_conversation_reaches_nobody(open_house: Open, shop_url: str) -> None:
    house = await open_shop(open_house, shop_url)
    talk = await lived(house)
    await house.client.delete(ME, headers=bearer(token()))
    lines = (await house.client.get("/v1/desk/conversations", headers=staff(house))).json()
    assert talk.id not in [line["conversation_id"] for line in lines]
    assert await house.conversations.open_handoff(talk.id) is None
