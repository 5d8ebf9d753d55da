"""One demo shop for all tests of this folder, at a fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commerce.demo import build_demo_shop
from commerce.shopdata import ShopData

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def shop() -> ShopData:
    return build_demo_shop(NOW)
