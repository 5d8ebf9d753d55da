"""The renderer: catalogue messages and facts as words in the customer's language and formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import structlog

from facts.values import Date, DateTime, Duration, Fact, Money, Quantity
from i18n.figures import Figures, babel_locale
from i18n.icu import Message, Parameter
from i18n.languages import SOURCE, LanguagePack, match_language
from i18n.locale import Locale
from i18n.rendering import Argument, ArgumentMissing, MessageMissing
from i18n.terms import Terms

log = structlog.get_logger(__name__)

FORM = "__"
"""Stands between an argument and the form it is wanted in: `{window__dative}`."""

_CACHED = 4096


class _Speaker:
    """One language with the formats of one country: what a message is rendered by."""

    def __init__(self, pack: LanguagePack, country: str | None, last_resort: _Speaker | None) -> None:
        self.pack = pack
        self.formats = formats = babel_locale(pack, country)
        self.terms: Terms = Terms(pack, formats, None if last_resort is None else last_resort.terms)
        self.figures = Figures(pack, formats, self.terms)
        self.figure = lru_cache(_CACHED)(self.figures.write)
        self.last_resort = last_resort
        self._messages: dict[str, Message | None] = {}

    def message(self, message_id: str) -> Message | None:
        """The compiled message; None, told once in the log, where this language lacks it."""
        if message_id not in self._messages:
            self._messages[message_id] = self._compile(message_id)
        return self._messages[message_id]

    def _compile(self, message_id: str) -> Message | None:
        pattern = self.pack.messages.get(message_id)
        if pattern is not None:
            return Message(self.pack.spelt(pattern, self.formats.territory), str(self.formats))
        if self.last_resort is not None:
            log.warning("message_missing", language=self.pack.code, message=message_id)
        return None

    def write(self, fact: Fact, zone: str, form: str | None = None) -> str:
        if isinstance(fact, Money | Date | DateTime | Duration):
            return self.figure(fact, zone, form)
        return self.figures.write(fact, zone, form)


class IcuRenderer:
    """The Renderer over language packs. What a language lacks is said in English and logged."""

    def __init__(self, packs: Mapping[str, LanguagePack]) -> None:
        if SOURCE not in packs:
            raise ValueError(f"no language pack for {SOURCE}")
        self.packs = dict(packs)
        self._speakers: dict[tuple[str, str], _Speaker] = {}
        self._matched = lru_cache(_CACHED)(self._match)
        self._speaker = lru_cache(_CACHED)(self._find_speaker)
        self._languages = tuple(sorted(code for code in packs if self._complete(code)))

    @property
    def languages(self) -> tuple[str, ...]:
        """The complete languages: those that have every message and term of English."""
        return self._languages

    def message(self, locale: Locale, message_id: str, arguments: Mapping[str, Argument]) -> str:
        """The message in the locale's language; raises MessageMissing or ArgumentMissing."""
        speaker, message = self._find(locale, message_id)
        values: dict[str, Parameter] = {}
        for name in message.required(arguments):
            given, form = name, None
            if name not in arguments:
                given, _, form = name.partition(FORM)
                if given not in arguments:
                    raise ArgumentMissing(f"{message_id} needs {given}")
            values[name] = self._value(speaker, arguments[given], locale.zone, form or None)
        return message.format(values)

    def fact(self, locale: Locale, fact: Fact) -> str:
        """A fact as that locale writes it."""
        return self._speaker(locale.language, locale.country).write(fact, locale.zone)

    def has(self, message_id: str) -> bool:
        return message_id in self.packs[SOURCE].messages

    def direction(self, language: str) -> str:
        """`ltr` or `rtl`."""
        return self._matched(language).direction

    def quote(self, language: str, text: str) -> str:
        """The text in the language's quotation marks."""
        return self._matched(language).quote(text)

    def join(self, language: str, sentences: Iterable[str]) -> str:
        """Sentences as one text: with spaces in German, without in Chinese."""
        return self._matched(language).join(sentences)

    def _find(self, locale: Locale, message_id: str) -> tuple[_Speaker, Message]:
        speaker: _Speaker | None = self._speaker(locale.language, locale.country)
        while speaker is not None:
            if (message := speaker.message(message_id)) is not None:
                return speaker, message
            speaker = speaker.last_resort
        raise MessageMissing(message_id)

    def _value(self, speaker: _Speaker, argument: Argument, zone: str, form: str | None) -> Parameter:
        """Plain counts stay numbers, so that plural selectors see them; everything else becomes words."""
        if isinstance(argument, str | int):
            return argument
        if isinstance(argument, Quantity) and argument.unit is None:
            whole = argument.value == argument.value.to_integral_value()
            return int(argument.value) if whole else argument.value
        return speaker.write(argument, zone, form)

    def _match(self, language: str) -> LanguagePack:
        code = match_language(language, self.packs)
        if code is None:
            log.warning("language_missing", language=language[:16])
        return self.packs[code or SOURCE]

    def _find_speaker(self, language: str, country: str | None) -> _Speaker:
        """Countries whose formats are the same share one speaker and its compiled messages."""
        pack = self._matched(language)
        key = (pack.code, str(babel_locale(pack, country)))
        if key not in self._speakers:
            last_resort = None if pack.code == SOURCE else self._speaker(SOURCE, country)
            self._speakers[key] = _Speaker(pack, country, last_resort)
        return self._speakers[key]

    def _complete(self, code: str) -> bool:
        source, pack = self.packs[SOURCE], self.packs[code]
        missing = (source.messages.keys() - pack.messages.keys()) | (source.vocabulary - pack.vocabulary)
        if missing:
            log.warning("language_incomplete", language=code, missing=len(missing))
        return not missing
