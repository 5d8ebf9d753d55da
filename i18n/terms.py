"""The words of closed vocabularies (`term.order_status.shipped`), in the form a sentence needs."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from babel import Locale as BabelLocale

from i18n.icu import Message, Parameter
from i18n.languages import LanguagePack
from i18n.rendering import MessageMissing

log = structlog.get_logger(__name__)
_NOTHING: Mapping[str, Parameter] = {}


class Terms:
    """One language's terms, compiled for one locale when first used."""

    def __init__(self, pack: LanguagePack, locale: BabelLocale, last_resort: Terms | None) -> None:
        self._pack = pack
        self._locale = locale
        self._last_resort = last_resort
        self._compiled: dict[str, Message] = {}

    def own(self, term_id: str, values: Mapping[str, Parameter] = _NOTHING) -> str | None:
        """The term where this very language has it."""
        message = self._compiled.get(term_id)
        if message is None:
            pattern = self._pack.terms.get(term_id)
            if pattern is None:
                return None
            pattern = self._pack.spelt(pattern, self._locale.territory)
            message = self._compiled[term_id] = Message(pattern, str(self._locale))
        return message.format(values)

    def word(self, term_id: str, values: Mapping[str, Parameter] = _NOTHING, form: str | None = None) -> str:
        """The term, inflected where the language has that form; raises MessageMissing if none has it."""
        words = self.own(f"{term_id}.{form}", values) if form is not None else None
        words = self.own(term_id, values) if words is None else words
        if words is not None:
            return words
        if self._last_resort is None:
            raise MessageMissing(term_id)
        log.warning("term_missing", language=self._pack.code, term=term_id)
        return self._last_resort.word(term_id, values)
