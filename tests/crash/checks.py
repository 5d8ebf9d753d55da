"""What must hold when all is over, read from the rows and from what customers heard."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from commerce.embedded.tables import shop_effects, shop_orders, shop_refunds, shop_returns
from conversations.models import Author, EventKind, reply_id
from conversations.tables import conversations, events, handoffs, messages, notifications
from conversations.wording import joined
from persistence.engine import Database
from tests.crash.customers import Talk
from tools.tables import ledger, proposals

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Book:
    """The rows of all tables that matter, and the orders' versions before anything happened."""

    rows: Mapping[str, Sequence[Row]]
    versions: Mapping[str, int]

    def of(self, table: Table, column: str) -> dict[str, list[Row]]:
        """Rows by the value of a column."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows[table.name]:
            found[str(row[column])].append(row)
        return found


TABLES = (
    conversations, messages, events, handoffs, notifications, proposals, ledger,
    shop_orders, shop_refunds, shop_returns, shop_effects,
)  # fmt: skip


async def versions(database: Database) -> dict[str, int]:
    """Order id → version."""
    async with database.read() as connection:
        found = await connection.execute(select(shop_orders.c.id, shop_orders.c.version))
        return {row.id: row.version for row in found}


async def open_book(database: Database, before: Mapping[str, int]) -> Book:
    rows: dict[str, list[Row]] = {}
    async with database.read() as connection:
        for table in TABLES:
            found = await connection.execute(select(table))
            rows[table.name] = [dict(row) for row in found.mappings()]
    return Book(rows, before)


def violations(book: Book, talks: Sequence[Talk]) -> list[str]:
    """Everything that is not as it must be, in words."""
    found = list(_nothing_open(book))
    said, told = book.of(messages, "conversation_id"), book.of(events, "conversation_id")
    for talk in talks:
        lines = sorted(said[talk.id], key=lambda row: row["seq"])
        happened = sorted(told[talk.id], key=lambda row: row["seq"])
        problems = (*_messages(talk, lines), *_events(happened), *_turns(talk, lines, happened))
        found += [f"{talk.id}: {problem}" for problem in problems]
    return [*found, *_handoffs(book, talks), *_proposals(book, talks), *_effects(book, talks)]


def _nothing_open(book: Book) -> Iterator[str]:
    for row in book.rows[conversations.name]:
        if row["lease_owner"] is not None or row["lease_until"] is not None:
            yield f"{row['id']} is still held by a worker"
        if row["said"]:
            yield f"{row['id']} counts sentences of a turn that is over"
    for row in book.rows[messages.name]:
        if not row["done"]:
            yield f"{row['id']} was accepted and is not answered"


def _messages(talk: Talk, lines: Sequence[Row]) -> Iterator[str]:
    """All that was sent, once, in the order in which it was sent; numbers without a gap."""
    if [row["seq"] for row in lines] != list(range(1, len(lines) + 1)):
        yield f"messages are numbered {[row['seq'] for row in lines]}"
    heard = [row["text"] for row in lines if row["author"] == Author.CUSTOMER]
    for group in talk.groups:
        now, heard = heard[: len(group)], heard[len(group) :]
        if Counter(now) != Counter(group):
            yield f"{sorted(group)} was kept as {now}"
    if heard:
        yield f"{heard} was never sent"


def _events(happened: Sequence[Row]) -> Iterator[str]:
    if [row["seq"] for row in happened] != list(range(1, len(happened) + 1)):
        yield f"events are numbered {[row['seq'] for row in happened]}"


def _turns(talk: Talk, lines: Sequence[Row], happened: Sequence[Row]) -> Iterator[str]:
    """Each turn has one start and one reply, whose text is its sentences; turns follow one another."""
    turns = dict.fromkeys(row["turn_id"] for row in lines if row["author"] == Author.CUSTOMER)
    replies = []
    for turn in turns:
        mine = [row for row in happened if row["turn_id"] == turn]
        kinds = Counter(row["kind"] for row in mine)
        if kinds[EventKind.REPLY] != 1 or kinds[EventKind.TURN_STARTED] != 1:
            yield f"{turn} has {dict(kinds)}"
            continue
        reply = next(row["payload"] for row in mine if row["kind"] == EventKind.REPLY)
        replies.append(reply | {"message_id": reply_id(turn)})
        yield from _turn(turn, replies[-1], lines, mine)
    order = [row["turn_id"] for row in happened if row["kind"] == EventKind.REPLY]
    if order != list(turns):
        yield "turns were not answered in order"
    kept = {reply["message_id"]: reply["text"] for reply in replies}
    for got in talk.replies:
        if kept.get(got.message_id) != got.text:
            yield f"the reply {got.message_id} that the customer got is not the one that was kept"


def _turn(turn: str, reply: Row, lines: Sequence[Row], mine: Sequence[Row]) -> Iterator[str]:
    asked = [row for row in lines if row["turn_id"] == turn and row["author"] == Author.CUSTOMER]
    spoken = [row for row in lines if row["turn_id"] == turn and row["author"] == Author.ASSISTANT]
    if [row["text"] for row in spoken] != [reply["text"]] or not reply["text"]:
        yield f"{turn} has the messages {[row['text'] for row in spoken]}"
    elif spoken[0]["seq"] < max(row["seq"] for row in asked):
        yield f"{turn} was answered before it was asked"
    if reply["in_reply_to"] != [row["id"] for row in asked]:
        yield f"{turn} answers other messages than it took"
    left = [row["payload"] for row in mine if row["kind"] == EventKind.SENTENCE]
    if [each["index"] for each in left] != list(range(len(left))):
        yield f"{turn} numbered its sentences {[each['index'] for each in left]}"
    if joined([each["text"] for each in left], reply["language"]) != reply["text"]:
        yield f"{turn} said {[each['text'] for each in left]} and replied {reply['text']!r}"
    if len({each["text"] for each in left}) != len(left):
        yield f"{turn} said a sentence twice"


def _handoffs(book: Book, talks: Sequence[Talk]) -> Iterator[str]:
    filed, told = book.of(handoffs, "conversation_id"), book.of(notifications, "conversation_id")
    for talk in talks:
        expected = int(talk.asked_for_person)
        if len(filed.get(talk.id, ())) != expected or len(told.get(talk.id, ())) != expected:
            yield f"{talk.id}: {len(filed.get(talk.id, ()))} handoffs, {len(told.get(talk.id, ()))} notices"


def _proposals(book: Book, talks: Sequence[Talk]) -> Iterator[str]:
    """One executed proposal for each yes, one done ledger row and one effect for each of those, and no other."""
    made = book.of(proposals, "conversation_id")
    for talk in talks:
        states = Counter(row["state"] for row in made.get(talk.id, ()))
        if states["executed"] != int(talk.confirmed) or set(states) - {"executed", "superseded"}:
            yield f"{talk.id}: proposals are {dict(states)}"
    executed = {row["id"]: row for row in book.rows[proposals.name] if row["state"] == "executed"}
    for row in book.rows[ledger.name]:
        if row["key"] not in executed or row["state"] != "done" or row["outcome"] is None:
            yield f"ledger row {row['key']} is {row['state']}"
    for name, keys in (
        ("ledger rows", {row["key"] for row in book.rows[ledger.name]}),
        ("effects", {row["key"] for row in book.rows[shop_effects.name]}),
    ):
        for key in keys ^ set(executed):
            yield f"{key} is not in both the {name} and the executed proposals"
    words = {row["turn_id"]: row["text"] for row in book.rows[messages.name] if row["author"] == "customer"}
    for key, row in executed.items():
        if not words.get(row["confirmed_turn"], "").startswith("Yes"):
            yield f"{key} was carried out without a yes"


def _effects(book: Book, talks: Sequence[Talk]) -> Iterator[str]:
    """The shop changed by exactly what customers confirmed."""
    confirmed = {f"ord_{talk.number}": talk.wanted for talk in talks if talk.confirmed}
    returns, refunds = book.of(shop_returns, "order_id"), book.of(shop_refunds, "order_id")
    for row in book.rows[shop_orders.name]:
        order, changed = row["id"], row["version"] - book.versions[row["id"]]
        wanted = confirmed.get(order)
        if not order.startswith("ord_FH-") and not changed:
            continue
        happened = (
            changed,
            row["status"] == "cancelled",
            len(refunds.get(order, ())),
            len(returns.get(order, ())),
        )
        expected = {None: (0, False, 0, 0), "cancel_order": (1, True, 1, 0), "start_return": (1, False, 0, 1)}
        if happened != expected[wanted]:
            yield f"{order}: {wanted} confirmed; changes, cancelled, refunds, returns are {happened}"
