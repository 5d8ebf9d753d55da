"""A deployment on the demo shop in a folder of its own, at a fixed moment: the stage of every dialogue."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bootstrap.demo import seed_documents, seed_shop
from bootstrap.settings import Settings
from bootstrap.wiring import Deployment, Reads, open_deployment
from commerce.demo import stories
from conversations.models import Mode
from evals.endstate import snapshot
from facts.clock import FakeClock

MONDAY_MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""Staff are there, and nothing is on a holiday."""


class Stage:
    """Builds the demo shop once; each dialogue plays on a copy."""

    def __init__(self, folder: Path, understanding: Reads, settings: Settings | None = None) -> None:
        self._folder = folder
        self._understanding = understanding
        self._settings = settings or Settings(_env_file=None)  # type: ignore[call-arg]
        self._template = folder / "template"

    async def build(self) -> None:
        """Seed the shop, and look at it as it is before any dialogue."""
        async with open_deployment(
            self._at(self._template), self._clock(), self._understanding
        ) as deployment:
            await self.fill(deployment)
            customers = sorted({story.customer_id for story in stories().values()})
            self.untouched = await snapshot(deployment.backend, customers)
            self._renderer = deployment.renderer

    async def fill(self, deployment: Deployment) -> None:
        """Put the demo shop and its documents into it."""
        await seed_shop(deployment)
        await seed_documents(deployment)
        await deployment.goods.refresh()

    @asynccontextmanager
    async def play(self, name: str) -> AsyncIterator[Deployment]:
        """A fresh copy of the shop under `name`, removed afterwards. The index is shared: nobody writes to it."""
        home = self._folder / name
        home.mkdir(parents=True)
        shutil.copy(self._template / "dragoman.db", home / "dragoman.db")
        if (vectors := self._template / "products.npz").exists():
            shutil.copy(vectors, home / vectors.name)
        (home / "index").symlink_to(self._template / "index", target_is_directory=True)
        try:
            async with open_deployment(
                self._at(home), self._clock(), self._understanding, renderer=self._renderer
            ) as deployment:
                yield deployment
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def _at(self, home: Path) -> Settings:
        return self._settings.model_copy(update={"home": home, "demo": True, "mode": Mode.AUTO})

    def _clock(self) -> FakeClock:
        return FakeClock(MONDAY_MORNING)
