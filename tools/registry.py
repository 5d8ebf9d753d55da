"""The set of tools that a conversation has, and how a model is told about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tools.address_changes import CHANGE_ADDRESS, SET_DEFAULT_ADDRESS
from tools.after_sales import RETURN_STATUS
from tools.cancellations import CANCEL_ORDER, CANCELLABLE
from tools.changeable import CHANGEABLE
from tools.charges import CASH_ON_DELIVERY, PARCEL_CHARGES
from tools.claims import CLAIM_OPTIONS, OPEN_CLAIM
from tools.coupons import CHECK_COUPON
from tools.customs import CUSTOMS_PAPERS
from tools.disputes import DISPUTE_STATUS
from tools.elsewhere import RETURN_CHANNEL
from tools.exchangeable import EXCHANGEABLE
from tools.exchanges import START_EXCHANGE
from tools.fit import SIZE_DEVIATION
from tools.fit_reports import CHECK_SIZES
from tools.history import CONTACT_HISTORY
from tools.holds import HOLD_SKU
from tools.identity_tools import REQUEST_CODE, VERIFY_CODE
from tools.inquiries import CHECK_DELIVERY, OPEN_INQUIRY
from tools.invoices import RESEND_INVOICE
from tools.item_changes import CHANGE_ITEMS
from tools.landed import LANDED_COST
from tools.lost import LOST_OPTIONS, SETTLE_LOST
from tools.orders import FIND_ORDER, LIST_ORDERS, ORDER_STATUS
from tools.payment_changes import CHANGE_PAYMENT
from tools.payments import PAYMENT_STATUS
from tools.policies import ANSWER_POLICY
from tools.product_facts import PRODUCT_DETAILS, PRODUCT_WARRANTY
from tools.products import SEARCH_PRODUCTS
from tools.returns import RETURNABLE_ITEMS, START_RETURN
from tools.shipping import DELIVERY_ESTIMATE, TRACK_SHIPMENT
from tools.shop import THIS_SHOP
from tools.sizes import SIZE_ADVICE
from tools.tool import Effect, Tool


class Registry:
    """Tools by name."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are called {tool.name}")
            self._tools[tool.name] = tool

    def get(self, name: str) -> Tool | None:
        return self._tools.get(name)

    def __getitem__(self, name: str) -> Tool:
        return self._tools[name]

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tools)

    def only(self, effect: Effect) -> Registry:
        """The tools with one effect: READ where nothing may be changed."""
        return Registry(tool for tool in self if tool.effect is effect)

    def schemas(self) -> list[dict[str, Any]]:
        """Every tool as an OpenAI function declaration."""
        return [schema(tool) for tool in self]


def schema(tool: Tool) -> dict[str, Any]:
    """One tool as an OpenAI function declaration: `{"type": "function", "function": {…}}`."""
    parameters = _plain(tool.arguments.model_json_schema())
    described = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": described}


def _plain(node: Any) -> Any:
    """The schema without what pydantic adds for documentation: a model pays for every word."""
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _plain(value)
        for key, value in node.items()
        if key not in ("title", "default") or isinstance(value, dict)
    }
    if "enum" in kept:
        kept.pop("description", None)
    return kept


def toolset() -> Registry:
    """Every tool of the shop."""
    return Registry(
        (
            FIND_ORDER,
            LIST_ORDERS,
            ORDER_STATUS,
            TRACK_SHIPMENT,
            DELIVERY_ESTIMATE,
            ANSWER_POLICY,
            REQUEST_CODE,
            VERIFY_CODE,
            CONTACT_HISTORY,
            RETURNABLE_ITEMS,
            START_RETURN,
            RETURN_CHANNEL,
            CANCELLABLE,
            CANCEL_ORDER,
            PARCEL_CHARGES,
            CASH_ON_DELIVERY,
            CUSTOMS_PAPERS,
            LANDED_COST,
            DISPUTE_STATUS,
            THIS_SHOP,
            CHECK_DELIVERY,
            OPEN_INQUIRY,
            LOST_OPTIONS,
            SETTLE_LOST,
            CLAIM_OPTIONS,
            OPEN_CLAIM,
            CHANGEABLE,
            CHANGE_ADDRESS,
            SET_DEFAULT_ADDRESS,
            CHANGE_ITEMS,
            CHANGE_PAYMENT,
            SEARCH_PRODUCTS,
            PRODUCT_DETAILS,
            PRODUCT_WARRANTY,
            SIZE_ADVICE,
            CHECK_COUPON,
            RESEND_INVOICE,
            PAYMENT_STATUS,
            EXCHANGEABLE,
            START_EXCHANGE,
            SIZE_DEVIATION,
            RETURN_STATUS,
        )
    )


def executable() -> Registry:
    """Every tool that a proposal may carry out, those for staff among them."""
    return Registry((*toolset(), HOLD_SKU, CHECK_SIZES))
