"""Fills an empty deployment with the demo shop."""

from __future__ import annotations

from bootstrap.wiring import Deployment
from commerce.demo import build_demo_shop, demo_documents_dir
from knowledge.ingest import IngestReport, ingest_directory


async def seed_shop(deployment: Deployment) -> bool:
    """Load the demo's people and orders; False where the shop has some already."""
    if not await deployment.backend.is_empty():
        return False
    await deployment.backend.load(build_demo_shop(deployment.clock.now()))
    return True


async def seed_documents(deployment: Deployment) -> IngestReport:
    """Bring the index up to date with the demo's documents; unchanged ones cost nothing."""
    return await ingest_directory(demo_documents_dir(), deployment.index)
