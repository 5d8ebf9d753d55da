"""A text's wording as hashed character and word n-grams: what the sentence encoders smooth away."""

from __future__ import annotations

import re
from collections import Counter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlu.folding import fold

SIZE = 4096
LONGEST = 600
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W_]+|[?!#@]")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

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
    """Words with parts of 3 to 5 letters and pairs of words; of Han runs, parts of 1 to 3."""
    grams: list[str] = []
    before = ""
    for run in _RUN.findall(text):
        if _HAN.match(run):
            grams += [run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1)]
            before = ""
            continue
        edged = f"<{run[:40]}>"
        grams += [f"={run}", *(edged[i : i + n] for n in (3, 4, 5) for i in range(len(edged) - n + 1))]
        if before:
            grams.append(f"{before}_{run}")
        before = run
    return grams
