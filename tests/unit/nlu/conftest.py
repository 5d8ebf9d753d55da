"""The shipped language packs, and the real models once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nlu.embedded import EmbeddedUnderstanding
from nlu.lexicon import Lexicon, load_lexicons, shipped_languages


@pytest.fixture(scope="session")
def lexicons() -> tuple[Lexicon, ...]:
    return load_lexicons((shipped_languages(),))


@pytest.fixture(scope="session")
def understanding() -> Iterator[EmbeddedUnderstanding]:
    opened = EmbeddedUnderstanding((shipped_languages(),))
    yield opened
    opened.close()
