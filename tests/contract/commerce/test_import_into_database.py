"""An import lands in the database whole, replaces what it had, and marks the shop as not live."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commerce.embedded.backend import EmbeddedBackend
from commerce.errors import FilesChanged, NotLive, ShopLivesHere
from commerce.importing.service import ImportFormat, import_directory
from commerce.models import CancelReason
from commerce.shopdata import ShopData
from facts.clock import FakeClock
from persistence.engine import Database

SAMPLES = Path(__file__).parents[2] / "unit" / "commerce" / "samples"
AS_OF = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "jsonl", tmp_path / "shop"))


@pytest.fixture
async def empty(database: Database, clock: FakeClock) -> EmbeddedBackend:
    return EmbeddedBackend(database, clock)


async def test_imported_shop_is_read_and_not_live(
    empty: EmbeddedBackend, folder: Path, database: Database, clock: FakeClock
) -> None:
    report = await import_directory(folder, ImportFormat.JSONL, empty, AS_OF)
    assert report.imported
    order = await empty.order_by_number("dr-1001")
    assert order is not None
    assert order.as_of == AS_OF
    assert (
        len(await empty.shipments("o1"))
        == len(await empty.returns("o1"))
        == len(await empty.refunds("o1"))
        == 1
    )
    assert not empty.live
    assert not (await EmbeddedBackend.open(database, clock)).live
    with pytest.raises(NotLive):
        await empty.cancel_order("o2", reason=CancelReason.OTHER, version=1, key="k")


async def test_shopify_export_is_read(empty: EmbeddedBackend) -> None:
    report = await import_directory(SAMPLES / "shopify", ImportFormat.SHOPIFY, empty, AS_OF)
    assert report.imported
    customer = await empty.customer_by_email("LENA@example.de")
    assert customer is not None
    assert [order.number for order in await empty.orders_of(customer.id)] == ["#1001", "#1003"]


async def test_importing_again_replaces_and_renews_the_time(empty: EmbeddedBackend, folder: Path) -> None:
    await import_directory(folder, ImportFormat.JSONL, empty, AS_OF)
    orders = folder / "orders.jsonl"
    orders.write_text(
        orders.read_text(encoding="utf-8").replace("delivered", "returned", 1), encoding="utf-8"
    )
    later = AS_OF + timedelta(days=1)
    assert (await import_directory(folder, ImportFormat.JSONL, empty, later)).imported
    order = await empty.order("o1")
    assert order is not None
    assert (order.status, order.as_of) == ("returned", later)
    assert len(await empty.shipments("o1")) == 1


async def test_bad_row_leaves_the_earlier_import_as_it_was(empty: EmbeddedBackend, folder: Path) -> None:
    await import_directory(folder, ImportFormat.JSONL, empty, AS_OF)
    before = await empty.order("o1")
    with (folder / "refunds.jsonl").open("a") as file:
        file.write("{}\n")
    orders = folder / "orders.jsonl"
    orders.write_text(
        orders.read_text(encoding="utf-8").replace("delivered", "returned", 1), encoding="utf-8"
    )
    report = await import_directory(folder, ImportFormat.JSONL, empty, AS_OF)
    assert report.errors
    assert not report.imported
    assert await empty.order("o1") == before


async def test_live_shop_is_not_mixed_with_an_import(
    backend: EmbeddedBackend, folder: Path, shop: ShopData
) -> None:
    with pytest.raises(ShopLivesHere):
        await import_directory(folder, ImportFormat.JSONL, backend, AS_OF)
    assert backend.live
    assert await backend.order("o1") == shop.orders[1]


async def test_number_that_another_order_has_from_an_earlier_import_leaves_everything(
    empty: EmbeddedBackend, folder: Path
) -> None:
    await import_directory(folder, ImportFormat.JSONL, empty, AS_OF)
    orders = folder / "orders.jsonl"
    orders.write_text(
        orders.read_text(encoding="utf-8").replace('"id": "o2"', '"id": "o9"'), encoding="utf-8"
    )
    report = await import_directory(folder, ImportFormat.JSONL, empty, AS_OF)
    assert "earlier import" in report.errors[0].reason
    assert not report.imported
    assert await empty.order("o9") is None
    assert await empty.order("o2") is not None


async def test_files_that_change_meanwhile_leave_nothing(empty: EmbeddedBackend, folder: Path) -> None:
    class Meddling:
        """Truncates a file between the look and the import."""

        async def replace(self, batches: object, as_of: datetime) -> None:
            (folder / "refunds.jsonl").write_text("")
            await empty.replace(batches, as_of)  # type: ignore[arg-type]

    with pytest.raises(FilesChanged):
        await import_directory(folder, ImportFormat.JSONL, Meddling(), AS_OF)
    assert await empty.is_empty()
    assert empty.live
