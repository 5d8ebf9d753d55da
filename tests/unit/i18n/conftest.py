"""The shipped terms with messages of the tests' own, so that translators may reword theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages

MESSAGES = {
    "en": {
        "cart.count": "{count, plural, =0 {Nothing} one {# item} other {# items}} in {name}.",
        "order.told": "Order {order} is {status}.",
        "parcel.late": "{late, select, yes {It is {days} late.} other {It is on time.}}",
        "returns.window": "Send it back within {window}; it's free.",
        "parcel.due": "It comes on {due__weekday}, at {due__time}.",
        "ask.which": "Which one: {choices__or}?",
        "shipping.to": "We ship {country__to}.",
        "only.english": "Ask {name}.",
    },
    "de": {
        "cart.count": "{count, plural, =0 {Nichts} one {# Artikel} other {# Artikel}} in {name}.",
        "order.told": "Die Bestellung {order} ist {status}. Viele Grüße",
        "parcel.late": "{late, select, yes {Es ist {days} verspätet.} other {Es ist pünktlich.}}",
        "returns.window": "Rücksendung innerhalb von {window__dative}, kostenlos.",
        "parcel.due": "Es kommt am {due__weekday}, gegen {due__time}.",
        "ask.which": "Welches: {choices__or}?",
        "shipping.to": "Wir liefern {country__to}.",
    },
    "zh-Hans": {
        "cart.count": "{name}里{count, plural, =0 {没有商品} other {有 # 件商品}}。",
        "order.told": "订单 {order}：{status}。",
        "parcel.late": "{late, select, yes {晚了 {days}。} other {准时。}}",
        "returns.window": "{window}内可免费退货。",
        "parcel.due": "预计{due__weekday} {due__time} 送达。",
        "ask.which": "哪一个：{choices__or}？",
        "shipping.to": "可以寄往{country__to}。",
    },
}

WriteLanguages = Callable[[dict[str, dict[str, dict[str, str]]]], Path]


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@pytest.fixture
def write_languages(tmp_path: Path) -> WriteLanguages:
    """Writes a directory of language folders from code → file name → mapping of strings."""

    def write(content: dict[str, dict[str, dict[str, str]]]) -> Path:
        for code, files in content.items():
            folder = tmp_path / code
            folder.mkdir(exist_ok=True)
            for name, mapping in files.items():
                lines = (f"{key}: {quoted(value)}\n" for key, value in mapping.items())
                (folder / f"{name}.yaml").write_text("".join(lines), "utf-8")
        return tmp_path

    return write


@pytest.fixture
def renderer(write_languages: WriteLanguages) -> IcuRenderer:
    """The shipped languages with the messages above."""
    folder = write_languages({code: {"messages": messages} for code, messages in MESSAGES.items()})
    return IcuRenderer(load_languages([BUILT_IN, folder]))
