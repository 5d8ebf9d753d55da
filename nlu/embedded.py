"""Understanding with the embedded models: the default implementation of the port."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nlu.addresses import AddressReader
from nlu.answers import AnswerReader, Said
from nlu.choices import ChoiceHead
from nlu.encoder import EmbeddedEncoder
from nlu.entities import IDENTIFIERS
from nlu.folding import Folded, fold
from nlu.goods import GoodsReader
from nlu.intents import Intent, IntentHead
from nlu.language import LanguageReader
from nlu.lexicon import load_lexicons
from nlu.masking import DEFAULT_ORDER_NUMBER, Masked, Masker
from nlu.mentions import MentionReader
from nlu.mood import MoodReader
from nlu.outgoing import OutgoingReader
from nlu.perception import (
    OUT_OF_SCOPE,
    AddressTold,
    Answer,
    Candidate,
    Entity,
    EntityKind,
    IntentScore,
    Mood,
    Perception,
    Segment,
)
from nlu.reading import READ_CHARACTERS, Message, MessageReader
from nlu.screening import Screener
from nlu.segments import Fragment, Splitter, assemble
from nlu.vague import VagueReader
from nlu.vocabulary import load_vocabularies

SURE_DENIAL = 0.85
DENIAL_CHARACTERS = 48
SURE_LEANING = 0.6
NO_ADDRESS = frozenset({EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER, EntityKind.EMAIL})


def _leans(segments: Sequence[Segment]) -> Answer | None:
    """A yes or a no by its meaning, of a message that says nothing else."""
    best = segments[0].intents[0]
    if len(segments) > 1 or best.probability < SURE_LEANING:
        return None
    return {Intent.AFFIRM.value: Answer.YES, Intent.DENY.value: Answer.NO}.get(best.intent)


class EmbeddedUnderstanding:
    """Reads messages in the languages whose packs lie in the given folders. Models load at the first message."""

    def __init__(
        self,
        languages_dirs: Sequence[Path],
        default_language: str = "en",
        order_number_pattern: str = DEFAULT_ORDER_NUMBER,
        encoder: EmbeddedEncoder | None = None,
    ) -> None:
        lexicons = load_lexicons(languages_dirs)
        self._lexicons = lexicons
        self.encoder = encoder or EmbeddedEncoder()
        self._masker = Masker(lexicons, order_number_pattern)
        vocabularies = load_vocabularies()
        self._language = LanguageReader(lexicons, default_language, vocabularies)
        self._reader = MessageReader(lexicons, order_number_pattern, vocabularies)
        self._splitter = Splitter(lexicons, self._reader)
        self._answers = AnswerReader(lexicons)
        self._vague = VagueReader(lexicons)
        self._screener = Screener(lexicons)
        self._mood = MoodReader(lexicons)
        self._intents = IntentHead()
        self._choices = ChoiceHead()
        self._addresses = AddressReader(lexicons, self._reader.entities.attributes.countries)
        self.outgoing = OutgoingReader(lexicons)
        self._mentions = MentionReader(lexicons, self._reader.entities.attributes)

    async def warm_up(self) -> None:
        """Load the models, so that the first customer does not wait for them."""
        await self.perceive("hello", previous_language=None)

    async def perceive(
        self, text: str, *, previous_language: str | None, presumed: bool = False
    ) -> Perception:
        """Understand one message in one encoding; never raises on strange text."""
        spoken = self._language.read(text[:READ_CHARACTERS], previous_language, presumed)
        message = self._reader.read(text, spoken.language)
        folded, entities = message.folded, message.entities
        fragments = self._splitter.split(message)
        texts = self._texts(message, fragments)
        vectors = await asyncio.wrap_future(self.encoder.submit_queries(texts))
        scores = [self._intents.scores(v, t, spoken.language) for v, t in zip(vectors, texts, strict=True)]
        segments = assemble(
            folded.original, fragments, scores[0], scores[1:] or scores, entities, self._intents
        )
        segments = tuple(
            replace(each, intents=(IntentScore(OUT_OF_SCOPE, 1.0),)) if each.form_of_address else each
            for each in segments
        )
        said = self._said(folded, segments)
        vague = said.answer is None and self._vague.names_nothing(folded)
        if vague or (said.answer is None and self._asks_nothing(message, texts[0])):
            segments = (Segment(folded.original, 0, (IntentScore(OUT_OF_SCOPE, 1.0),), entities),)
        # Danger and anger are heard in what was typed, never in what was probably meant.
        feeling = self._mood.read(fold(message.text), texts[0], vectors[0], spoken.language)
        return Perception(
            text=text,
            language=spoken.language,
            language_sure=spoken.sure,
            segments=segments,
            entities=entities,
            answer=said.answer,
            correction=said.correction,
            # Nobody is furious about nothing: strange words only sound heated.
            mood=Mood.CALM if vague and not feeling.signals else feeling.mood,
            mood_score=feeling.score,
            signals=feeling.signals,
            injection=self._screener.score(text),
            vectors=vectors[0],
            opening=said.opening or _leans(segments),
            heated=feeling.heated,
            foreign=spoken.foreign,
            agreed=() if said.answer else self._answers.agreed(folded, entities),
            choices=self._choices.probabilities(vectors[0], texts[0], spoken.language),
        )

    def entities(self, text: str, language: str) -> tuple[Entity, ...]:
        """The entities alone, without an encoding; every pack is read, whatever the language."""
        return self._reader.read(text, language).entities

    def mentioned(self, text: str, candidates: tuple[Candidate, ...], language: str) -> tuple[Candidate, ...]:
        """The candidates that the words point at, best first."""
        return self._mentions.mentioned(text, candidates) or self._mentions.mentioned(
            self._reader.respelt(fold(text[:READ_CHARACTERS]), language).text, candidates
        )

    def address(self, text: str, country: str, asked: bool) -> AddressTold | None:
        """What a text tells of a postal address; the order's number is no part of it."""
        plain = text[:READ_CHARACTERS]
        for found in self._reader.read(plain, "").entities:
            if found.kind in NO_ADDRESS and any(c.isalpha() or c == "#" for c in found.text):
                plain = plain.replace(found.text, " ")
        return self._addresses.read(plain, country, asked)

    def goods(self) -> GoodsReader:
        """A reader of what is looked for, by the words of these languages; made anew at each call."""
        return GoodsReader(self._lexicons)

    def may_be(self, text: str, language: str) -> bool:
        """Whether a text can be in that language: True too where it has too little language to tell."""
        spoken = self._language.read(text, language)
        return spoken.language == language

    def means_all(self, text: str) -> bool:
        """Whether the words mean all that there is: "both", "everything"."""
        return self._mentions.means_all(text)

    def mask(self, text: str) -> Masked:
        """The text without card numbers, accounts and secrets, by the words of these languages."""
        return self._masker.mask(text)

    def close(self) -> None:
        self.encoder.close()

    def _said(self, folded: Folded, segments: Sequence[Segment]) -> Said:
        said = self._answers.read(folded)
        if (
            said.answer is None
            and not said.correction
            and len(segments) == 1
            and not any(e.kind in IDENTIFIERS for e in segments[0].entities)
            and len(folded.text) <= DENIAL_CHARACTERS
        ):
            best = segments[0].intents[0]
            # Declining costs nothing, so the head may hear a no; a yes it may not.
            if best.intent == Intent.DENY and best.probability >= SURE_DENIAL and "?" not in folded.text:
                return Said(Answer.NO, False)
        return said

    def _texts(self, message: Message, fragments: Sequence[Fragment]) -> list[str]:
        """What is encoded: the whole, and its fragments where there are several."""
        texts = [self._reader.plain(message)]
        if len(fragments) > 1:
            texts += [self._reader.plain(message, f.start, f.end) for f in fragments]
        return texts

    def _asks_nothing(self, message: Message, plain: str) -> bool:
        return not any(c.isalpha() for c in plain) or self._reader.only_details(message)
