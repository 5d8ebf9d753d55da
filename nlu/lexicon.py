"""The words of one language that understanding needs: the schema of `lexicon.yaml` and `lexicon/`, and its loader."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from facts.yaml_text import parts, read_words
from nlu.folding import folded_letters

# A letter or digit of a script that separates its words. Han, kana, Thai and Hangul (whose particles stick to the
# word) do not. ¿ and « are no letters.
# Ranges are short because compiling a long one costs a millisecond each time.
SPACED = r"[0-9a-z\u00aa\u00b5\u00ba\u00c0-\u0dff\u1e00-\u1fff]"
BEFORE = f"(?<!{SPACED})"
AFTER = f"(?!{SPACED})"

_PLAIN_WORDS = frozenset(
    {"language", "detect", "scripts", "charset", "countries", "sounds", "language_requests", "language_names"}
)
"""Fields that hold no expressions, or some that are filled in later."""

Phrases = tuple[str, ...]
Named = dict[str, Phrases]


class LexiconError(Exception):
    """A `lexicon.yaml` or `language.yaml` is not what it must be; the message names file and field."""


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answers(Data):
    """Phrases that, as a whole message, mean yes or no; `polite` words may surround them, `deeds` a yes."""

    yes: Phrases = ()
    no: Phrases = ()
    polite: Phrases = ()
    deeds: Phrases = ()
    """What one who agrees may name beside the yes: "send it there". It names no piece, number or person."""
    correction: Phrases = ()
    """What opens a correction: "no, the …", "I meant …"."""


class Reasons(Data):
    return_reason: Named = Field(default_factory=dict)
    cancel_reason: Named = Field(default_factory=dict)
    policy_topic: Named = Field(default_factory=dict)
    claim_kind: Named = Field(default_factory=dict)
    claim_remedy: Named = Field(default_factory=dict)
    photo: Named = Field(default_factory=dict)
    looked: Named = Field(default_factory=dict)
    """That a parcel was looked for `everywhere`, neighbours asked; or `not_yet`."""
    arrived: Named = Field(default_factory=dict)
    """`no`: that a parcel is not there, whatever the carrier says."""
    change: Named = Field(default_factory=dict)
    """What of a placed order is to change: size, pieces, payment, address."""
    payment_method: Named = Field(default_factory=dict)
    fit: Named = Field(default_factory=dict)
    """That a size comes out `smaller` or `larger`; `like` stands beside the size that it fits like."""
    size_step: Named = Field(default_factory=dict)
    """"One size bigger": `up`, `up2`, `down`, `down2`."""
    way: Named = Field(default_factory=dict)
    """What to do about it: `exchange`, `return`, `keep`, or `other`, another product."""


class Addressing(Data):
    """How a postal address stands in a message."""

    label: Phrases = ()
    """What announces one: "my new address is"."""
    lead: Phrases = ()
    """Small words before one, where they are not capitalised as a street's name is: "to", "nach"."""
    end: Phrases = ()
    """What follows one and is no part of it: "please", "instead"."""
    street: Phrases = ()
    unit: Phrases = ()
    """Words of a line beside the street's: flat, floor, care of."""
    number: Phrases = ()
    city: Phrases = ()


class Near(Data):
    """Words that tell what a number beside them is."""

    order: Phrases = ()
    tracking: Phrases = ()
    postcode: Phrases = ()
    email: Phrases = ()
    one_time_code: Phrases = ()
    detail: Phrases = ()
    """Words that only introduce such numbers: "mine is", "here is the", "for"."""
    card: Phrases = ()
    card_code: Phrases = ()
    national_id: Phrases = ()
    """What a state numbers its people and taxpayers by: "SSN", "ID card number"."""
    secret: Phrases = ()
    secret_link: Phrases = ()
    """What may stand between "password" and its value: is, =, :"""
    secret_state: Phrases = ()
    """Words after "my password is" that are no value: wrong, expired."""
    size: Phrases = ()
    quantity: Phrases = ()
    """Counting nouns: pairs, pieces."""
    taking: Phrases = ()
    """What is done with the pieces whose number follows: "send back", "keep"."""
    measure: Phrases = ()
    """What numbers count that is no goods: days, euros."""


class Vague(Data):
    """Words that name nothing (`lexicon/vague.yaml`)."""

    words: Phrases = ()
    """What stands for a thing or a wish that is not named: "thingy", "you know"."""
    around: Phrases = ()
    """What may stand beside them and says no more."""


class Goods(Data):
    """Words of somebody who looks for something to buy (`lexicon/products.yaml`)."""

    words: Named = Field(default_factory=dict)
    """What things are called and what they are like, by the English word that catalogues use."""
    audiences: Named = Field(default_factory=dict)
    """For whom: women, men, children."""
    at_most: Phrases = ()
    """What stands before the most that she will pay."""
    or_less: Phrases = ()
    """What stands behind it."""
    currencies: Named = Field(default_factory=dict)
    coupon: Phrases = ()
    """What a coupon's code is called."""
    fit: Phrases = ()
    """How a product page says that a thing is cut: "runs narrow", "take the larger"."""


class Body(Data):
    """Words for the parts of a body that are measured, and for units."""

    measures: Named = Field(default_factory=dict)
    units: Named = Field(default_factory=dict)


class Feelings(Data):
    furious: Phrases = ()
    unhappy: Phrases = ()
    calm: Phrases = ()
    """Requests, thanks, laughter: what the furious seldom write."""
    signals: Named = Field(default_factory=dict)


class Lexicon(Data):
    """Every phrase, if not said otherwise, is a regular expression over case-folded text; a space is any white space.

    A key that a language does not give is empty: understanding is then weaker there, never broken.
    """

    language: str = ""
    detect: Phrases = ()
    """Detector codes of the language (from `language.yaml`)."""
    scripts: Phrases = ("LATIN",)
    """First words of the Unicode names of its letters."""
    charset: str = "utf-8"
    """The codec of its national character set: which of the letters that it shares with others it writes."""
    markers: Phrases = ()
    """Short words that no other language shares: enough to tell the language of a one-word message."""
    language_requests: Phrases = ()
    """"in {language}, please": `{language}` is filled with CLDR's names and `language_names`."""
    language_names: Named = Field(default_factory=dict)
    joints: Phrases = ()
    """What joins two requests in one sentence: "and also"."""
    small_words: Phrases = ()
    """Words that point at nothing: articles, pronouns, "please"."""
    negations: Phrases = ()
    """What sets one thing against another: "not the black one", "instead of"."""
    suffixes: Phrases = ()
    """Endings that stemming may cut."""
    answers: Answers = Answers()
    near: Near = Near()
    countries: Named = Field(default_factory=dict)
    """Names beside CLDR's, by ISO code; plain words, no expressions. Under an empty code stands what only looks like
    a country: a word that hides its name where words are not spaced, or that is spelt like it."""
    colours: Named = Field(default_factory=dict)
    sizes: Named = Field(default_factory=dict)
    numbers: dict[int, Phrases] = Field(default_factory=dict)
    ordinals: dict[int, Phrases] = Field(default_factory=dict)
    """1-based; -1 is the last."""
    all_words: Phrases = ()
    one_of: Phrases = ()
    """What makes them less than all: "one of both"."""
    keeping: Phrases = ()
    """What a clause says of things that stay as they are: "I only want", "keep"."""
    received: Phrases = ()
    """What a clause says of things that have come: of a parcel that lacks something the others are meant."""
    clauses: Phrases = ()
    """Words that open another clause: "and", "but"."""
    reasons: Reasons = Reasons()
    formality: Named = Field(default_factory=dict)
    """How somebody wishes to be addressed, said outright: `familiar` (du, tu, tú) or `formal` (Sie, vous, usted)."""
    address: Addressing = Addressing()
    feelings: Feelings = Feelings()
    goods: Goods = Goods()
    vague: Vague = Vague()
    review_requests: Phrases = ()
    """What asks for a review or a rating (`lexicon/reviews.yaml`): looked for in what is sent to customers."""
    body: Body = Body()
    particles: Phrases = ()
    """Characters that stand beside any other ("not", "one", "?"): never a slip, and what follows is no word with them."""
    sounds: dict[str, str] = Field(default_factory=dict)
    """Characters that sound alike, by syllable (from `sounds.yaml`)."""
    shorthand: Named = Field(default_factory=dict)
    """What is typed for a word in haste ("tjrs" for "toujours"), by the word that is meant."""
    injection: dict[str, Phrases] = Field(default_factory=dict)
    """`strong` and `weak` patterns of text that gives orders to a model."""

    @field_validator("charset")
    @classmethod
    def _exists(cls, charset: str) -> str:
        try:
            return codecs.lookup(charset).name
        except LookupError:
            raise ValueError(f"no codec {charset}") from None


@lru_cache(maxsize=1024)
def pattern(phrases: Phrases) -> re.Pattern[str]:
    """`compiled`, and remembered."""
    return compiled(phrases)


def compiled(phrases: Phrases) -> re.Pattern[str]:
    """One expression for all phrases, the longest first; one that never matches when there are none."""
    if not phrases:
        return re.compile(r"(?!)")
    by_edges: dict[tuple[bool, bool], set[str]] = {}
    for phrase in phrases:
        expression = as_expression(phrase)
        by_edges.setdefault(edges(expression), set()).add(expression)
    groups = [
        f"{BEFORE if before else ''}(?:{'|'.join(sorted(group, key=lambda e: (-len(e), e)))}){AFTER if after else ''}"
        for (before, after), group in sorted(by_edges.items())
    ]
    try:
        return re.compile(f"(?:{'|'.join(groups)})")
    except re.error as error:
        raise LexiconError(f"not a regular expression: {error} in {phrases}") from error


def unbound(words: re.Pattern[str]) -> str:
    """The expression for use right behind a number, with which units and currencies are one word: 24cm, 50eur."""
    return words.pattern.replace(BEFORE, "")


def edges(expression: str) -> tuple[bool, bool]:
    """Whether the expression starts, and ends, at the edge of a word; where its script has no words it need not."""
    letters = re.findall(r"\\.|\w", expression) or [""]
    before, after = (bool(re.fullmatch(rf"\\.|{SPACED}", edge)) for edge in (letters[0], letters[-1]))
    # An expression that looks ahead says itself what may follow.
    return before, after and "(?=" not in expression


def as_expression(phrase: str) -> str:
    # Folding lower-cases, which would turn \W into \w; the classes are kept apart.
    folded = re.sub(
        r"\\[A-Z]|[^\\]+|\\.", lambda m: m[0] if m[0][0] == "\\" else folded_letters(m[0]), phrase
    )
    # A phrase captures nothing: its readers count groups of their own.
    groups = re.sub(r"\\.|\[[^\]]*\]|\((?!\?)", lambda m: "(?:" if m[0] == "(" else m[0], folded)
    # A space that may be missing stays one: " ?" is no lazy "one or more".
    return re.sub(r" ([?*]?)", lambda m: r"\s*" if m[1] else r"\s+", re.sub(r" +", " ", groups))


def named_pattern(named: Iterable[tuple[str, Phrases]]) -> dict[str, re.Pattern[str]]:
    """One expression for each name, over all the languages that give it phrases."""
    merged: dict[str, set[str]] = {}
    for name, phrases in named:
        merged.setdefault(name, set()).update(phrases)
    return {name: pattern(tuple(sorted(phrases))) for name, phrases in merged.items()}


def load_lexicon(folder: Path) -> Lexicon:
    """The lexicon of a language folder; a missing one gives an empty one."""
    words: dict[str, Any] = {}
    for path in parts(folder, "lexicon"):
        words = _joined(words, _read(path))
    detect = _read(folder / "language.yaml").get("detect") or [folder.name.split("-")[0].lower()]
    try:
        sounds = _read(folder / "sounds.yaml")
        return Lexicon.model_validate({**words, "language": folder.name, "detect": detect, "sounds": sounds})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LexiconError(f"{folder.name}/lexicon.yaml: {where}: {first['msg']}") from error


def _joined(words: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Both together: lists one after the other, mappings key by key; of single words the later one."""
    joined = dict(words)
    for key, value in more.items():
        known = joined.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            joined[key] = _joined(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            joined[key] = [*known, *value]
        else:
            joined[key] = value
    return joined


def _read(path: Path) -> dict[str, Any]:
    try:
        # The base loader keeps "no" and "on" what they are: words.
        data = read_words(path.read_text("utf-8")) or {}
    except FileNotFoundError:
        return {}
    except yaml.YAMLError as error:
        raise LexiconError(f"{path.parent.name}/{path.name} is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise LexiconError(f"{path.parent.name}/{path.name} is not a mapping")
    return data


def all_phrases(words: Data, path: str = "") -> Iterator[tuple[str, Phrases]]:
    """Every list of expressions of a lexicon with its key; its plain words (countries, sounds) are left out."""
    for name in type(words).model_fields:
        value, key = getattr(words, name), f"{path}{name}"
        if isinstance(value, Data):
            yield from all_phrases(value, f"{key}.")
        elif key not in _PLAIN_WORDS:
            named = value.items() if isinstance(value, dict) else [("", value)]
            yield from ((f"{key}.{part}".rstrip("."), phrases) for part, phrases in named)


def check_phrases(lexicon: Lexicon) -> None:
    """Compile everything once, as readers do when a message needs it.

    Raises LexiconError with the key of the list.
    """
    for key, phrases in all_phrases(lexicon):
        try:
            compiled(phrases)
        except LexiconError as error:
            raise LexiconError(f"{lexicon.language}/lexicon.yaml: {key}: {error}") from error


def load_lexicons(folders: Sequence[Path]) -> tuple[Lexicon, ...]:
    """All language packs below these folders, by code; a later folder's pack replaces an earlier one's.

    Raises LexiconError, also for a phrase of a shop's own pack that is no expression: readers compile late.
    """
    packs: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            packs |= {
                p.name: p for p in folder.iterdir() if (p / "language.yaml").is_file() or parts(p, "lexicon")
            }
    lexicons = tuple(load_lexicon(packs[code]) for code in sorted(packs))
    for lexicon in lexicons:
        if packs[lexicon.language].parent != shipped_languages():
            check_phrases(lexicon)
    return lexicons


def shipped_languages() -> Path:
    """The folder of the language packs that come with the product."""
    return Path(__file__).resolve().parent.parent / "i18n" / "languages"
