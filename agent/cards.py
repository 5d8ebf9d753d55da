"""Cards: what a page draws beside the words, built from the evidence of the turn."""

from __future__ import annotations

from typing import Any

from agent.work import TurnWork
from facts.evidence import Evidence
from facts.values import Country, DateTime, Term, Text
from i18n.locale import Locale
from i18n.rendering import Renderer
from tools.tool import ToolResult

ORDER_FACTS = ("order_number", "placed_at", "status", "payment", "items", "total")
PARCEL_FACTS = (
    "carrier",
    "tracking_number",
    "status",
    "last_scan_at",
    "place",
    "eta_from",
    "eta_to",
    "delivered_at",
)

PRODUCT_FACTS = ("item", "price", "options")

Card = dict[str, Any]


def cards_of(work: TurnWork, renderer: Renderer) -> tuple[Card, ...]:
    """A card for each order, parcel and product that the reply stands on."""
    cards: list[Card] = []
    for result in work.asked.values():
        if result.tool == "order_status" and any(e.id in work.told for e in result.evidence):
            cards += [
                _order(entry, work.locale, renderer) for entry in result.evidence if "items" in entry.facts
            ]
        if result.tool == "track_shipment":
            cards += _parcels(result, work, renderer)
        if result.tool == "search_products":
            cards += _products(result, work, renderer)
    return tuple(cards)


def _order(entry: Evidence, locale: Locale, renderer: Renderer) -> Card:
    return {"type": "order", "evidence": entry.id, **_rendered(entry, ORDER_FACTS, locale, renderer)}


def _parcels(result: ToolResult, work: TurnWork, renderer: Renderer) -> list[Card]:
    cards = []
    for parcel in result.data.get("parcels", ()):
        entry = work.evidence[parcel["evidence"]]
        if entry.id in work.told:
            timeline = [_scan(scan, work.locale, renderer) for scan in parcel["timeline"]]
            facts = _rendered(entry, PARCEL_FACTS, work.locale, renderer)
            cards.append({"type": "tracking", "evidence": entry.id, **facts, "timeline": timeline})
    return cards


def _products(result: ToolResult, work: TurnWork, renderer: Renderer) -> list[Card]:
    cards = []
    for shown in result.data.get("cards", ()):
        entry = work.evidence[shown["evidence"]]
        if entry.id in work.told:
            facts = _rendered(entry, PRODUCT_FACTS, work.locale, renderer)
            picture = {"image": shown["image"]} if _showable(shown["image"]) else {}
            cards.append({"type": "product", "evidence": entry.id, **facts, **picture})
    return cards


def _showable(address: str) -> bool:
    """A picture of the shop's own, or over TLS; nothing that a page would run."""
    return address.startswith("https://") or (address.startswith("/") and not address.startswith("//"))


def _rendered(entry: Evidence, names: tuple[str, ...], locale: Locale, renderer: Renderer) -> dict[str, str]:
    return {name: renderer.fact(locale, entry.facts[name]) for name in names if name in entry.facts}


def _scan(scan: dict[str, Any], locale: Locale, renderer: Renderer) -> dict[str, str]:
    """One scan in her words; the carrier's own text is not among them."""
    rendered = {
        "at": renderer.fact(locale, DateTime.model_validate(scan["at"])),
        "status": renderer.fact(locale, Term(id=f"term.tracking.{scan['status']}")),
        "place": renderer.fact(locale, Text(value=scan["place"])) if scan.get("place") else "",
        "country": renderer.fact(locale, Country(code=scan["country"])) if scan.get("country") else "",
    }
    return {name: text for name, text in rendered.items() if text}
