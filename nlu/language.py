"""Decides in which language to answer: an explicit wish, sure words, the detector, or what was spoken before."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import eldc

from nlu.folding import fold
from nlu.language_requests import LanguageRequest
from nlu.lexicon import Lexicon
from nlu.own_words import only_names, own_words, plain_words, script_of, writes
from nlu.phrases import PhraseSet
from nlu.vocabulary import HAN, Vocabulary, load_vocabularies, words_of

_FOREIGN_MARGIN = 0.05
_OF_SIBLINGS = 0.8
"""From which score on the detector need not know which of two siblings it is: Czech or Slovak."""
_FOREIGN_WORDS = 3
"""From so many words on a message can show a language that has no pack."""
_SURE_WORDS, _FEW_WORDS = 2, 3
_WORTH_OF_HAN, _WORTH_OF_KANA = 3, 2
_SENTENCE_OF_HAN = 3
"""So many Han characters say something."""
_SENTENCE_OF_LETTERS = 5
"""The same of Cyrillic, Arabic, Thai, Korean or Devanagari letters."""
_SMALL_IN = 4
"""In so many words of a sentence there is more than one small one."""
_KANA = ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH")
_STOP = re.compile(r"[.!?。！？؟\n]")
_LEAD, _CLEAR_LEAD = 1.0, 8.0
"""By how much, in nats, one language's words must fit better than the next one's."""
_TIE = 2.0
"""What is not more than this apart, in nats, may be either language."""
_HAN_LEAD = 1.5
"""The same for the pairs of Han letters that two languages share."""
_GUESS, _GUESS_MARGIN = 0.6, 0.1


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language to answer in, and whether this message shows it."""

    language: str
    sure: bool
    foreign: str | None = None
    """The language of the message where there is no pack for it: it is answered in `language`."""


class LanguageReader:
    """Knows the languages of the packs; a message in another one keeps the conversation's language, unsure."""

    def __init__(
        self,
        lexicons: Sequence[Lexicon],
        default: str,
        vocabularies: Mapping[str, Vocabulary] | None = None,
    ) -> None:
        self._default = default
        self._packs = {lexicon.language: lexicon for lexicon in lexicons}
        self._by_code = {code: lexicon.language for lexicon in lexicons for code in lexicon.detect}
        self._by_script: dict[str, list[str]] = {}
        for lexicon in lexicons:
            for script in lexicon.scripts:
                self._by_script.setdefault(script, []).append(lexicon.language)
        self._orders = PhraseSet(p for lexicon in lexicons for p in lexicon.injection.get("strong", ()))
        self._markers = {lexicon.language: PhraseSet(lexicon.markers) for lexicon in lexicons}
        self._requests = {language: LanguageRequest(lexicons, language) for language in self._packs}
        known_words = load_vocabularies() if vocabularies is None else vocabularies
        self._pairs = {
            lexicon.language: known_words[lexicon.language].counts
            for lexicon in lexicons
            if "CJK" in lexicon.scripts and lexicon.language in known_words
        }
        self._small = {
            word for lexicon in lexicons if "LATIN" in lexicon.scripts for word in lexicon.small_words
        }
        self._vocabularies = {
            lexicon.language: known_words[lexicon.language]
            for lexicon in lexicons
            if "LATIN" in lexicon.scripts and lexicon.language in known_words
        }
        # How much of a language is known: the one, or the writing, that more customers use.
        self._met = {language: sum(v.counts.values()) for language, v in known_words.items()}
        eldc.init()
        self._all = eldc.instance()
        self._known = eldc.instance()
        known = [code for code in self._by_code if code in eldc.LANGUAGES]
        if known:
            self._known.set_languages(",".join(known))

    def read(self, text: str, previous: str | None, presumed: bool = False) -> Spoken:
        """The language of the message; codes and addresses belong to none.

        Where the previous one is only presumed, one clear word of another language is enough.
        """
        known = previous if previous in self._packs else None
        kept = known or self._default
        folded = fold(text[:2000]).text
        if asked := self._asked(folded, kept):
            return Spoken(asked, True)
        own = own_words(text[:2000])
        if presumed and (opened := self._opened(own, previous)):
            return Spoken(opened, True)
        rest = self._without_orders(own)
        spoken = self._spoken(rest, known, kept)
        if rest == own or not (spoken.sure or (known and words_of(fold(plain_words(rest)).text))):
            spoken = self._spoken(own, known, kept)
        if not spoken.sure and (foreign := self._other(own)):
            return Spoken(spoken.language, False, foreign)
        return self._of_family(spoken, known)

    def _of_family(self, spoken: Spoken, known: str | None) -> Spoken:
        """Varieties of one language that share their letters: the one that the conversation has stays, as Portugal's."""
        if known is None or _root(known) != _root(spoken.language) or "CJK" in self._packs[known].scripts:
            return spoken
        return Spoken(known, spoken.sure)

    def _asked(self, folded: str, kept: str) -> str | None:
        """The language that she asks for; who asks for Chinese means the writing that she uses."""
        lengths = {
            language: found.end() - found.start()
            for language, request in self._requests.items()
            if (found := request.search(folded))
        }
        if not lengths:
            return None
        root = _root(next(iter(lengths)))
        most = max(length for language, length in lengths.items() if _root(language) == root)
        same = [each for each, length in lengths.items() if _root(each) == root and length == most]
        writing = self._writing(same, "".join(HAN.findall(folded)))
        return kept if kept in writing else writing[0]

    def _spoken(self, text: str, known: str | None, kept: str) -> Spoken:
        words = fold(plain_words(text)).text
        letters = [c for c in words if c.isalpha()]
        if len(letters) < 2 and not any(script_of(c) == "CJK" for c in letters):
            return Spoken(kept, False)
        scripts = Counter(map(script_of, letters))
        # A Han character is half a word, a Latin letter a fifth of one.
        scripts["CJK"] *= _WORTH_OF_HAN
        scripts["CJK"] += sum(scripts.pop(kana, 0) for kana in _KANA) * _WORTH_OF_KANA
        script = scripts.most_common(1)[0][0]
        if scripts["CJK"] > _WORTH_OF_HAN and known in self._by_script.get("CJK", ()):
            # Goods and streets have Latin names in a Chinese sentence, too.
            script = "CJK"
        elif (
            known is None
            and scripts["CJK"] >= _SENTENCE_OF_HAN * _WORTH_OF_HAN
            and (only_names(text[:2000]) or self._no_sentence(words))
        ):
            script = "CJK"
        elif script == "LATIN" and (other := self._around_names(scripts, text, words)):
            script = other
        elif script == "CJK" and known in self._vocabularies:
            latin = [word for _, _, word in words_of(words)]
            if len(latin) > _SURE_WORDS and self._speaks(known, latin):
                # An address in China, told in English.
                return Spoken(known, False)
        if script != "LATIN":
            return self._by_letters(words, script, letters, kept)
        spoken = self._by_familiarity(words, known, kept) or self._by_words(words, kept)
        if known is None and not spoken.sure and not self._foreign(words):
            # Where nothing is known a guess is better than the default.
            return self._guess(words, spoken)
        return spoken

    def _around_names(self, scripts: Counter[str], text: str, words: str) -> str | None:
        """The script of a sentence in which the Latin letters are but names of goods."""
        others = {s: n for s, n in scripts.items() if s in self._by_script and s not in ("LATIN", "CJK")}
        script = max(others, key=lambda s: others[s], default=None)
        if script is None or others[script] < _SENTENCE_OF_LETTERS:
            return None
        return script if only_names(text) or self._no_sentence(words) else None

    def _no_sentence(self, words: str) -> bool:
        """Whether the Latin words are at most a name or an address: hardly one of them is small."""
        latin = [word for _, _, word in words_of(words)]
        return sum(word in self._small for word in latin) * _SMALL_IN <= len(latin)

    def _without_orders(self, text: str) -> str:
        """Without the sentence that gives orders to the machine: it is pasted, and seldom in her language."""
        folded = fold(text)
        found = self._orders.search(folded.text)
        if not found:
            return text
        start, end = folded.span(found.start(), found.end())
        stop = _STOP.search(text, end)
        return f"{text[:start]} {text[stop.end() :] if stop else ''}"

    def _by_familiarity(self, words: str, known: str | None, kept: str) -> Spoken | None:
        """By the words that customers use; None where another language may be spoken, or too little is said."""
        detected = self._detected(words, kept)
        if len(self._vocabularies) < 2 or self._foreign(words):
            return None
        if detected.sure and detected.language not in self._vocabularies:
            return None
        said = [word for _, _, word in words_of(words)]
        familiar = self._familiar(said)
        ranked = sorted(((score, each) for each, score in familiar.items()), reverse=True)
        (best, language), (second, _) = ranked[:2]
        lead = best - second
        if known and language != known and best - familiar.get(known, -math.inf) < _TIE:
            # "Cancelar pedido" is Portuguese as well.
            return Spoken(known, detected.sure and _root(detected.language) == _root(known))
        if known and language != known and not self._speaks(language, said):
            return Spoken(kept, False)
        if detected.sure and (language == detected.language or lead < _CLEAR_LEAD):
            others = (score for score, each in ranked if _root(each) != _root(language))
            shared = known is None and best - max(others, default=-math.inf) < _TIE
            return Spoken(detected.language, not shared)
        if known is None and lead < _CLEAR_LEAD and self._likeliest(words) not in (None, language):
            return None
        if known in (None, language):
            return Spoken(language, True) if lead >= _LEAD else None
        # One word alone may be borrowed: it does not turn a conversation.
        return Spoken(language, True) if lead >= _CLEAR_LEAD and len(said) >= _SURE_WORDS else None

    def _opened(self, text: str, presumed: str | None) -> str | None:
        """The language of a single word that customers of the presumed one do not write."""
        said = [word for _, _, word in words_of(fold(plain_words(text)).text)]
        if presumed not in self._vocabularies or len(said) != 1:
            return None
        if self._vocabularies[presumed].counts.get(said[0], 0):
            return None
        alone = self.read(text, None)
        others = {language: v.familiarity(said[0]) for language, v in self._vocabularies.items()}
        if not alone.sure or alone.language not in others or not self._speaks(alone.language, said):
            return None
        return alone.language if others[alone.language] - others[presumed] >= _CLEAR_LEAD else None

    def _speaks(self, language: str, said: Sequence[str]) -> bool:
        """Whether most of the words, of a few all, are words of its customers: names only look like a language."""
        usual = sum(self._vocabularies[language].counts.get(word, 0) > 0 for word in said)
        return usual == len(said) if len(said) <= _FEW_WORDS else usual * 2 > len(said)

    def _guess(self, words: str, otherwise: Spoken) -> Spoken:
        marked = [language for language, marker in self._markers.items() if marker.search(words)]
        if len(marked) == 1:
            return Spoken(marked[0], True)
        if likely := self._likely(words, otherwise.language):
            return Spoken(likely, False)
        scores = [*self._known.detect_details(words).scores.items(), ("", 0.0), ("", 0.0)]
        (code, best), (_, second) = scores[:2]
        if best < _GUESS or best - second < _GUESS_MARGIN:
            return otherwise
        guessed = self._by_code.get(code, otherwise.language)
        said = [word for _, _, word in words_of(words)]
        if len(said) <= _SURE_WORDS and not (guessed in self._vocabularies and self._speaks(guessed, said)):
            # One or two words that its customers do not write are no sign of a language: "helo".
            return otherwise
        return Spoken(guessed, False)

    def _likely(self, words: str, default: str) -> str | None:
        """Of languages that share the words the one that more customers write, where the words are not the default's."""
        said = [word for _, _, word in words_of(words)]
        familiar = self._familiar(said)
        best = max(familiar.values(), default=0.0)
        if len(said) < _SURE_WORDS or best - familiar.get(default, -math.inf) < _CLEAR_LEAD:
            return None
        return max(
            (each for each, score in familiar.items() if best - score < _TIE),
            key=lambda each: self._met[each],
        )

    def _familiar(self, said: Sequence[str]) -> dict[str, float]:
        return {language: sum(map(v.familiarity, said)) for language, v in self._vocabularies.items()}

    def _by_letters(self, words: str, script: str, letters: list[str], kept: str) -> Spoken:
        """A script of its own tells the language, unless kana makes the Han letters Japanese."""
        speakers = self._by_script.get(script, [])
        if any(script_of(c) in _KANA for c in letters):
            own = self._by_script.get("HIRAGANA")
            return Spoken(own[0], True) if own else Spoken(kept, False)
        if len(speakers) == 1:
            # Cyrillic is Ukrainian, too, and Arabic letters are Persian.
            return Spoken(kept, False) if self._other(words) else Spoken(speakers[0], True)
        if script == "CJK" and speakers:
            return self._by_characters("".join(HAN.findall(words)), speakers, words, kept)
        return self._detected(words, kept) if speakers else Spoken(kept, False)

    def _by_characters(self, han: str, speakers: list[str], words: str, kept: str) -> Spoken:
        """Words and letters that only one of the languages writes tell which is spoken; shared ones keep it."""
        able = self._writing(speakers, han)
        writing = [s for s in able if self._markers[s].search(words)] or able
        usual: dict[str, float] = {}
        for same in _families(writing):
            # What both writings of a language share is as much the one as the other.
            usual[kept if kept in same else max(same, key=lambda each: self._met.get(each, 0))] = max(
                self._usual(s, han) for s in same
            )
        if len(usual) == 1:
            return Spoken(next(iter(usual)), True)
        ranked = sorted(((score, s) for s, score in usual.items()), reverse=True)
        if ranked[0][0] - ranked[1][0] >= _HAN_LEAD:
            return Spoken(ranked[0][1], True)
        if kept in writing:
            return Spoken(kept, False)
        scores = self._known.detect_details(words).scores
        return Spoken(max(usual, key=lambda s: self._score(s, scores)), False)

    def _writing(self, languages: list[str], han: str) -> list[str]:
        """Those whose character set has all the letters; all of them where none has."""
        return [each for each in languages if writes(self._packs[each].charset, han)] or languages

    def _usual(self, language: str, han: str) -> float:
        """How usual the pairs of letters are among this language's customers."""
        counts = self._pairs.get(language, {})
        return sum(math.log1p(counts.get(a + b, 0)) for a, b in pairwise(han))

    def _score(self, language: str, scores: Mapping[str, float]) -> float:
        return max((scores.get(code, 0.0) for code in self._packs[language].detect), default=0.0)

    def _by_words(self, words: str, kept: str) -> Spoken:
        detected = self._detected(words, kept)
        marked = {language: hits for language, p in self._markers.items() if (hits := p.count(words))}
        if detected.sure or len(marked) != 1:
            return detected
        language, hits = next(iter(marked.items()))
        if hits * 2 <= len(words.split()) and self._foreign(words):
            return Spoken(kept, False)
        # One word alone may be borrowed: it does not turn a conversation.
        return Spoken(language, True) if hits >= _SURE_WORDS or language == kept else Spoken(kept, False)

    def _detected(self, words: str, kept: str) -> Spoken:
        found = self._known.detect_details(words)
        language = self._by_code.get(found.language or "")
        if language is None or not found.reliable or self._foreign(words):
            return Spoken(kept, False)
        return Spoken(language, True)

    def _likeliest(self, words: str) -> str | None:
        """What the detector would say, however unsure it is."""
        return self._by_code.get(self._known.detect_details(words).language or "")

    def _other(self, text: str) -> str | None:
        """The language without a pack that several words are in; its siblings need not be told apart."""
        words = fold(plain_words(text)).text
        if len(words.split()) < _FOREIGN_WORDS or not self._foreign(words):
            return None
        return str(self._all.detect_details(words).language)

    def _foreign(self, words: str) -> bool:
        """Whether a language without a pack fits clearly better than each that has one."""
        found = self._all.detect_details(words)
        if found.language not in found.scores or found.language in self._by_code:
            return False
        known = max((score for code, score in found.scores.items() if code in self._by_code), default=0.0)
        best = found.scores[found.language]
        return bool(best - known > _FOREIGN_MARGIN and (found.reliable or best >= _OF_SIBLINGS))


def _families(languages: Sequence[str]) -> list[list[str]]:
    """The languages, the writings of one language together."""
    roots = dict.fromkeys(map(_root, languages))
    return [[each for each in languages if _root(each) == root] for root in roots]


def _root(language: str) -> str:
    return language.partition("-")[0]
