"""The language that a country's customers most likely write, as a first guess."""

from __future__ import annotations

from functools import cache

from babel.languages import get_official_languages


@cache
def likely_language(country: str) -> str | None:
    """BCP 47 code of a country's first official language by CLDR (`CN` → `zh-Hans`), or None where there is none."""
    languages = get_official_languages(country, de_facto=True)
    return WRITTEN.get(country, languages[0].replace("_", "-")) if languages else None


WRITTEN = {
    "CN": "zh-Hans", "SG": "en", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant", "BR": "pt-BR", "PT": "pt-PT",
}  # fmt: skip
"""Countries whose first official language, as CLDR lists them, is not how their customers write, or has a variety."""
