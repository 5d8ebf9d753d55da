"""Imported by the process from which servers are forked, so that each starts in a fraction of a second."""

import asyncio
import gc
import tempfile
from pathlib import Path

from bootstrap.settings import Settings
from tests.crash.worker import opened


async def _open_once() -> None:
    """What is imported or compiled at first use is then there for every server."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Settings(_env_file=None, home=Path(folder), demo=True)):  # type: ignore[call-arg]
            return


asyncio.run(_open_once())
# A collection would write to every page, and a server would have to copy them all.
gc.collect()
gc.freeze()
