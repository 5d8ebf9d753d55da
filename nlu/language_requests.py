"""How customers ask for an answer in another language: "English please"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from babel import Locale, UnknownLocaleError

from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.phrases import PhraseSet


class LanguageRequest:
    """All ways to ask for one language, in every language."""

    def __init__(self, lexicons: Sequence[Lexicon], language: str) -> None:
        base = language.split("-")[0]
        own = _cldr_names(language, language)
        self._names = [
            sorted(
                {
                    fold(name).text
                    for name in (
                        *lexicon.language_names.get(base, ()),
                        *lexicon.language_names.get(language, ()),
                        *_cldr_names(lexicon.language, language),
                        *own,
                    )
                },
                key=lambda name: (-len(name), name),
            )
            for lexicon in lexicons
        ]
        self._wordings = [lexicon.language_requests for lexicon in lexicons]

    def search(self, text: str) -> re.Match[str] | None:
        """The longest wording in which the folded text asks for it; only what names the language is compiled."""
        found = (
            self._phrases[place].search(text)
            for place, names in enumerate(self._names)
            if any(name in text for name in names)
        )
        return max(filter(None, found), key=lambda match: match.end() - match.start(), default=None)

    @cached_property
    def _phrases(self) -> list[PhraseSet]:
        choices = ["|".join(re.sub(r"[^\w ]", ".", name) for name in names) for names in self._names]
        return [
            PhraseSet(wording.replace("{language}", f"({choice})") for wording in wordings)
            for choice, wordings in zip(choices, self._wordings, strict=True)
        ]


def _cldr_names(speaker: str, language: str) -> list[str]:
    try:
        names = Locale.parse(speaker, sep="-").languages
    except (UnknownLocaleError, ValueError):
        return []
    return [
        str(names[code]) for code in (language.replace("-", "_"), language.split("-")[0]) if code in names
    ]
