"""The rules of `modes.yaml`: the one that names most wins, and what cannot be read lets nothing leave."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conversations.models import Conversation, Mode
from conversations.modes import Modes, ModesError

RULES = """
- {mode: auto, intent: [where_is_order, return_policy]}
- {mode: shadow, market: [CH, NO]}
- {mode: draft, market: de, intent: where_is_order}
- {mode: auto, market: de, channel: chat}
- {mode: shadow, channel: e-mail}
- {mode: auto, channel: e-mail, market: FR, intent: coupon}
- {mode: shadow, channel: e-mail, market: FR, intent: [coupon, invoice]}
"""


def _conversation(channel: str = "chat", market: str | None = None) -> Conversation:
    return Conversation(
        id="cnv_1", channel=channel, market=market, created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def _file(folder: Path, text: str = RULES) -> Path:
    file = folder / "modes.yaml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("channel", "market", "intents", "mode"),
    [
        ("chat", "GB", ["cancel_order"], Mode.DRAFT),
        ("chat", "GB", ["where_is_order"], Mode.AUTO),
        ("chat", None, ["where_is_order"], Mode.AUTO),
        ("chat", "CH", ["cancel_order"], Mode.SHADOW),
        ("chat", "NO", ["cancel_order"], Mode.SHADOW),
        # One field each: the intent weighs more.
        ("chat", "CH", ["where_is_order"], Mode.AUTO),
        # Two fields each: again the intent.
        ("chat", "DE", ["where_is_order"], Mode.DRAFT),
        ("chat", "DE", ["cancel_order"], Mode.AUTO),
        # A market more than a channel.
        ("e-mail", "CH", ["coupon"], Mode.SHADOW),
        ("e-mail", "GB", ["coupon"], Mode.SHADOW),
        # All alike: the earlier rule.
        ("e-mail", "FR", ["coupon"], Mode.AUTO),
        ("e-mail", "FR", ["invoice"], Mode.SHADOW),
        # Several requests: the most careful.
        ("chat", "GB", ["where_is_order", "cancel_order"], Mode.DRAFT),
        ("chat", "GB", ["where_is_order", "return_policy"], Mode.AUTO),
        # Nothing is known of the message: rules that name an intent do not count.
        ("chat", "DE", [], Mode.AUTO),
        ("chat", "GB", [], Mode.DRAFT),
    ],
)
def test_rule_that_names_most_wins(
    tmp_path: Path, channel: str, market: str | None, intents: list[str], mode: Mode
) -> None:
    modes = Modes(Mode.DRAFT, _file(tmp_path))
    assert modes.mode(_conversation(channel, market), intents) is mode


def test_without_a_file_the_default_holds(tmp_path: Path) -> None:
    for default in Mode:
        modes = Modes(default, tmp_path / "modes.yaml")
        assert modes.mode(_conversation(), ["coupon"]) is default
    assert Modes().mode(_conversation(), ["coupon"]) is Mode.DRAFT


def test_kill_switch_makes_auto_a_draft_and_leaves_shadow_alone(tmp_path: Path) -> None:
    modes = Modes(Mode.AUTO, _file(tmp_path))
    assert modes.mode(_conversation(), ["where_is_order"], stopped=True) is Mode.DRAFT
    assert modes.mode(_conversation("chat", "CH"), ["coupon"], stopped=True) is Mode.SHADOW


def test_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "modes.yaml"
    modes = Modes(Mode.DRAFT, file)
    assert modes.mode(_conversation(), ["coupon"]) is Mode.DRAFT
    _file(tmp_path, "- {mode: auto, intent: coupon}")
    assert modes.mode(_conversation(), ["coupon"]) is Mode.AUTO
    _file(tmp_path, "- {mode: auto, intent: copuon}")
    os.utime(file, ns=(1, 1))
    assert modes.mode(_conversation(), ["greeting"]) is Mode.DRAFT
    assert (modes.rules, "rule 1: intent" in (modes.wrong or "")) == ((), True)
    file.unlink()
    assert (modes.wrong, modes.mode(_conversation(), ["coupon"])) == (None, Mode.DRAFT)


def test_file_that_has_become_wrong_lets_nothing_leave_by_itself(tmp_path: Path) -> None:
    modes = Modes(Mode.AUTO, _file(tmp_path, "- {mode: auto, intent: coupon}"))
    assert modes.mode(_conversation(), ["coupon"]) is Mode.AUTO
    _file(tmp_path, "{")
    assert modes.mode(_conversation(), ["coupon"]) is Mode.DRAFT


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {mode: loud, intent: coupon}", "rule 1: mode"),
        ("- {mode: auto}", "a rule names"),
        ("- {mode: auto, intent: copuon}", "rule 1: intent"),
        ("- {mode: auto, market: Germany}", "rule 1: market"),
        ("- {mode: auto, markets: DE}", "rule 1: markets"),
        ("mode: auto", "not a list"),
        ("{", "cannot be read"),
    ],
)
def test_server_does_not_start_on_a_wrong_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ModesError, match=told):
        Modes(Mode.AUTO, _file(tmp_path, text))


def test_empty_file_has_no_rules(tmp_path: Path) -> None:
    assert Modes(Mode.AUTO, _file(tmp_path, "# none yet\n")).rules == ()
