"""A text's wording as hashed character and word n-grams: what the sentence encoders smooth away."""

from __future__ import annotations

import re
from collections import Counter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlu.folding import fold

SIZE = 8192
LONGEST = 600
_SYLLABLES = r"[\u3040-\u30ff\u3400-\u9fff\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+"
_THAI = r"[\u0e00-\u0e7f]+"
_RUN = re.compile(rf"(?P<syllables>{_SYLLABLES})|(?P<thai>{_THAI})|[^\W_]+|[?!#@]")
_LENGTHS = {"syllables": (1, 2, 3), "thai": (2, 3, 4, 5)}
"""Lengths of the parts of a run in scripts that do not space their words, or glue endings to them."""

Sparse = tuple[NDArray[np.int64], NDArray[np.float32]]


def wording(text: str) -> Sparse:
    """Places and values of the n-grams, unit length; the hash gives each its place and its sign."""
    counts: Counter[int] = Counter()
    for gram in _grams(fold(text[:LONGEST]).text):
        code = crc32(gram.encode("utf-8", "replace"))
        counts[code % SIZE] += 1 if code & 0x8000_0000 else -1
    places = np.array(sorted(place for place, count in counts.items() if count), dtype=np.int64)
    values = np.array([counts[int(place)] for place in places], dtype=np.float32)
    norm = float(np.linalg.norm(values))
    return places, values / norm if norm else values


def _grams(text: str) -> list[str]:
    """Words with parts of 3 to 5 letters and pairs of words; of Han, kana and Hangul parts of 1 to 3, of Thai 2 to 5."""
    grams: list[str] = []
    before = ""
    for found in _RUN.finditer(text):
        run = found[0]
        if lengths := _LENGTHS.get(found.lastgroup or ""):
            grams += [run[i : i + n] for n in lengths for i in range(len(run) - n + 1)]
            before = ""
            continue
        edged = f"<{run[:40]}>"
        grams += [f"={run}", *(edged[i : i + n] for n in (3, 4, 5) for i in range(len(edged) - n + 1))]
        if before:
            grams.append(f"{before}_{run}")
        before = run
    return grams
