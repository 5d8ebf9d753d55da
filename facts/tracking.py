"""The vocabulary of parcel states, shared by shops, carriers and replies."""

from enum import StrEnum


class TrackingStatus(StrEnum):
    """Carrier-neutral states, named as multi-carrier tracking APIs name them; customs is ours."""

    PENDING = "pending"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    ON_HOLD = "on_hold"
    DELIVERY_DELAYED = "delivery_delayed"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    RETURN_TO_SENDER = "return_to_sender"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
