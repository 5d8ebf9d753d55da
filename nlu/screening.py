"""Scores how much a text looks like orders to a model; it marks text and never decides alone."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence

from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.phrases import PhraseSet

LIMIT = 12_000
_STRONG, _WEAK, _SHAPE = 0.25, 0.75, 0.4
_SHAPES = tuple(
    re.compile(p)
    for p in (
        r"<!--|<\s*/?\s*(script|iframe|img|style|system|instructions?|prompt|user|assistant|information|important)\b[^>]*>",
        r"<\|[a-z_]{2,20}\|>|\[/?(inst|system|assistant|admin|developer)\]|<<\s*sys",
        r"^\s*(#{2,}\s*)?(system|assistant|user|developer|admin|instruction|response|human|ai)\s*[:#]",
        r"\"(name|tool|tool_calls?|function|function_call|action|recipient_name|method)\"\s*:\s*[\"\[{]",
        r"!\[[^\]]*\]\(\s*https?:|\bdata:text/html|javascript:",
        r"(?:-{4,}|={4,}|#{4,}|\*{4,})\s*(end|begin|start|new|system|user|stop)\b",
        r"\{\{[^}]*\}\}|\{%[^%]*%\}",
        r"(\\x[0-9a-f]{2}){4,}|(\\u[0-9a-f]{4}){4,}|(%[0-9a-f]{2}){6,}",
        r"\b(import|exec|eval|os\.system|subprocess|rm -rf|drop table|union select|curl|wget)\b\s*[('\"/;-]",
    )
)
_BLOB = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_HIDDEN = frozenset(
    {
        "\u200b",
        "\u200c",
        "\u2060",
        "\u2061",
        "\u2062",
        "\u2063",
        "\ufeff",
        "\u202a",
        "\u202b",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2068",
    }
)


class Screener:
    """Patterns of all languages: an attack need not be in the language of the conversation."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._strong = PhraseSet(p for lexicon in lexicons for p in lexicon.injection.get("strong", ()))
        self._weak = PhraseSet(p for lexicon in lexicons for p in lexicon.injection.get("weak", ()))

    def score(self, text: str) -> float:
        """0 for ordinary text, towards 1 the more signs there are."""
        if len(text) > LIMIT:
            text = text[: LIMIT // 2] + "\n" + text[-LIMIT // 2 :]
        left = self._left(fold(text).text)
        hidden = sum(c in _HIDDEN or 0xE0000 <= ord(c) <= 0xE007F for c in text)
        left *= _SHAPE if hidden > 2 else 1.0
        for decoded in _decoded(text):
            left *= _SHAPE * self._left(fold(decoded).text)
        return round(1.0 - left, 3)

    def _left(self, text: str) -> float:
        """What remains of innocence, by the signs in already folded text."""
        left = _STRONG ** self._strong.count_phrases(text)
        left *= _WEAK ** min(4, len({m[0] for m in self._weak.finditer(text)}))
        for shape in _SHAPES:
            if shape.search(text):
                left *= _SHAPE
        return left


def _decoded(text: str) -> list[str]:
    """What readable text hides in base64."""
    found: list[str] = []
    for match in list(_BLOB.finditer(text))[:8]:
        blob = match[0].rstrip("=")
        try:
            decoded = base64.b64decode(blob + "=" * (-len(blob) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if all(unicodedata.category(c)[0] != "C" or c in "\n\t\r" for c in decoded) and " " in decoded:
            found.append(decoded)
    return found
