"""A customer waits from her first message that only a person can answer and nobody has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conversations.models import Author, Owner
from desk.clocks import unanswered_since

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Line:
    author: Author
    minute: int

    @property
    def created_at(self) -> datetime:
        return at(self.minute)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


HER, AI, STAFF = Author.CUSTOMER, Author.ASSISTANT, Author.STAFF


def test_what_the_assistant_answered_does_not_wait() -> None:
    said = [Line(HER, 0), Line(AI, 1), Line(HER, 5), Line(AI, 7)]
    assert unanswered_since(Owner.QUEUE, said, at(6)) == at(5)


def test_that_a_colleague_will_answer_is_no_answer() -> None:
    said = [Line(HER, 0), Line(AI, 2), Line(HER, 30), Line(AI, 31)]
    assert unanswered_since(Owner.QUEUE, said, at(1)) == at(0)


def test_a_persons_answer_ends_it_until_she_writes_again() -> None:
    said = [Line(HER, 0), Line(AI, 2), Line(STAFF, 10)]
    assert unanswered_since(Owner.HUMAN, said, at(1)) is None
    assert unanswered_since(Owner.HUMAN, [*said, Line(HER, 20), Line(HER, 25)], at(1)) == at(20)


def test_nobody_waits_where_the_assistant_answers() -> None:
    assert unanswered_since(Owner.ASSISTANT, [Line(HER, 0)], None) is None
