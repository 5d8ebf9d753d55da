"""Languages as data: a folder each, read into one LanguagePack."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from babel import Locale as BabelLocale
from babel.core import UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facts.yaml_text import WordLoader, parts

BUILT_IN = Path(__file__).parent / "languages"
SOURCE = "en"
"""The language that every other one is measured against, and the last resort."""
ListStyle = Literal["standard", "standard-short", "unit", "unit-short", "unit-narrow"]


class LanguageError(Exception):
    """A language folder that cannot be read; the message names the file."""


class LanguagePack(BaseModel):
    """All that is data about a language, its catalogues included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    """The language's name for itself."""
    english_name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    locale: str
    """Babel locale whose formats apply where the country is unknown or CLDR lacks the pair."""
    country: str = Field(pattern=r"^[A-Z]{2}$")
    formality: str
    """How customers are addressed: a note to translators and a rule for models."""
    detect: tuple[str, ...]
    """Codes under which language identification reports this language."""
    terminators: str = ".!?…"
    quotes: tuple[str, str] = ("“", "”")
    inner_quotes: tuple[str, str] = ("‘", "’")
    sentence_space: str = " "
    list_style: ListStyle = "standard"
    list_separator: str = ", "
    """Between the parts of a plain list: "Blue, 42"."""
    forms: tuple[str, ...] = ()
    """Inflected forms that terms exist in and messages may ask for (`{window__dative}`)."""
    same_as_source: tuple[str, ...] = ()
    """Ids whose words rightly equal the English ones."""
    first_day: str | None = None
    """How a date writes the first of a month where that is no "1": 1er décembre."""
    time_format: str = "short"
    """How a time of day is written: a length that CLDR knows, or a pattern of its own where CLDR's reads foreign."""
    spelling: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Country → letters that it writes otherwise (no ß in Switzerland); for our words, never for data."""
    fallback: str | None = None
    """The language whose messages and terms fill what this one leaves out (`zh-Hans` for `zh-Hant`)."""
    messages: dict[str, str] = Field(default_factory=dict)
    terms: dict[str, str] = Field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    """Where the pack came from, base first; other rooms keep their own files there."""

    @property
    def vocabulary(self) -> frozenset[str]:
        """The ids of the terms themselves; their inflected forms are each language's own affair."""
        return frozenset(term for term in self.terms if term.rpartition(".")[2] not in self.forms)

    def spelt(self, pattern: str, country: str | None) -> str:
        """Our own words as the country spells them."""
        for usual, local in self.spelling.get(country or "", {}).items():
            pattern = pattern.replace(usual, local)
        return pattern

    def quote(self, text: str) -> str:
        """The text in this language's quotation marks; marks of its own become the inner ones."""
        for outer, inner in zip(self.quotes, self.inner_quotes, strict=True):
            text = text.replace(outer, inner)
        return f"{self.quotes[0]}{text}{self.quotes[1]}"

    def join(self, sentences: Iterable[str]) -> str:
        """Sentences as one text, spaced as the language spaces them."""
        parts = [part for sentence in sentences if (part := sentence.strip())]
        return self.sentence_space.join(parts)


class _Strings(WordLoader):  # type: ignore[misc]
    """YAML in which every scalar is a string (`no` is a word here) and no key may stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise LanguageError(f"{twice} stands twice")
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_Strings)
    except (yaml.YAMLError, LanguageError, UnicodeDecodeError) as error:
        raise LanguageError(f"{path.parent.name}/{path.name}: {error}") from error
    if content in (None, ""):
        return {}
    if not isinstance(content, dict):
        raise LanguageError(f"{path.parent.name}/{path.name}: a mapping is expected")
    return content


def _catalogue(folder: Path, name: str) -> dict[str, Any]:
    """`name.yaml` and every file of the folder `name`; an id may stand in one of them only."""
    entries: dict[str, Any] = {}
    for path in parts(folder, name):
        more = _read(path)
        if twice := sorted(entries.keys() & more.keys()):
            raise LanguageError(f"{folder.name}/{name}/{path.name}: {twice[0]} stands twice")
        entries |= more
    return entries


def _overlay(base: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A later folder of the same language may reword single messages and leave the rest as it was."""
    return {
        **base,
        **_read(folder / "language.yaml"),
        "messages": {**base.get("messages", {}), **_catalogue(folder, "messages")},
        "terms": {**base.get("terms", {}), **_catalogue(folder, "terms")},
        "folders": (*base.get("folders", ()), folder),
    }


def _pack(code: str, content: Mapping[str, Any]) -> LanguagePack:
    try:
        pack = LanguagePack.model_validate({**content, "code": code})
        BabelLocale.parse(pack.locale)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LanguageError(f"{code}: {where}: {first['msg']}") from error
    except (UnknownLocaleError, ValueError) as error:
        raise LanguageError(f"{code}/language.yaml: locale: {error}") from error
    return pack


def _inherit(
    pack: LanguagePack, packs: Mapping[str, LanguagePack], seen: tuple[str, ...] = ()
) -> LanguagePack:
    if pack.fallback is None:
        return pack
    if pack.fallback not in packs or pack.fallback in seen:
        raise LanguageError(f"{pack.code}/language.yaml: fallback: {pack.fallback} is unknown or circular")
    parent = _inherit(packs[pack.fallback], packs, (*seen, pack.code))
    return pack.model_copy(
        update={"messages": {**parent.messages, **pack.messages}, "terms": {**parent.terms, **pack.terms}}
    )


def load_languages(dirs: Sequence[Path] = (BUILT_IN,)) -> dict[str, LanguagePack]:
    """Packs by BCP 47 code from directories of language folders, later ones over earlier ones.

    Raises LanguageError with the file where one cannot be read.
    """
    contents: dict[str, dict[str, Any]] = {}
    for directory in dirs:
        for folder in sorted(entry for entry in directory.iterdir() if entry.is_dir()):
            contents[folder.name] = _overlay(contents.get(folder.name, {}), folder)
    packs = {code: _pack(code, content) for code, content in contents.items()}
    return {code: _inherit(pack, packs) for code, pack in packs.items()}


def _candidates(tag: str) -> Iterable[str]:
    """`zh-TW` → zh-TW, zh-Hant-TW, zh-Hant, zh: what the tag may be filed under, nearest first."""
    yield tag
    try:
        parsed = BabelLocale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        pass
    else:
        script = f"{parsed.language}-{parsed.script}"
        yield from (f"{script}-{parsed.territory}", script)
    while "-" in tag:
        tag = tag.rpartition("-")[0]
        yield tag


def match_language(tag: str, languages: Iterable[str]) -> str | None:
    """The supported language nearest to a BCP 47 tag (`de-CH` → `de`, `zh-CN` → `zh-Hans`), or None."""
    by_lower = {language.lower(): language for language in languages}
    wanted = tag.replace("_", "-")
    exact = next((by_lower[c.lower()] for c in _candidates(wanted) if c.lower() in by_lower), None)
    if exact is not None:
        return exact
    root = wanted.partition("-")[0].lower()
    return next((language for low, language in by_lower.items() if low.partition("-")[0] == root), None)
