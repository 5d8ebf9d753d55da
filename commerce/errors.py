"""What can go wrong between us and a shop's back end."""


class CommerceError(Exception):
    """Base of the shop's errors."""


class OrderNotFound(CommerceError):
    """The shop has no such order."""


class OrderNotCancellable(CommerceError):
    """The order has left the warehouse, or is already cancelled or returned."""

    def __init__(self, status: str) -> None:
        super().__init__(f"order is {status}")
        self.status = status


class OrderNotChangeable(CommerceError):
    """The order is packed, cancelled or looked into, or what was asked for cannot be changed any more."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"order is {reason}")
        self.reason = reason


class LineNotChangeable(CommerceError):
    """A line is not there, the order would be empty, or the price of the change cannot be told."""


class OutOfStock(CommerceError):
    """Fewer pieces are left than the change takes."""

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


class LineNotReturnable(CommerceError):
    """More pieces were asked back than are left on the line."""


class LineNotClaimable(CommerceError):
    """The pieces are settled already, cannot be replaced, or were not sent at all."""


class LineNotExchangeable(CommerceError):
    """The pieces are settled already or were not sent at all, or nothing would change."""


class VersionConflict(CommerceError):
    """The order changed after the customer saw it."""


class IdempotencyMismatch(CommerceError):
    """The key was used before for another request."""


class BackendUnavailable(CommerceError):
    """The shop's back end does not answer."""


class NotLive(CommerceError):
    """The data is an import: the change has to be made in the shop itself."""


class ShopLivesHere(CommerceError):
    """An import would mix with a shop whose own data this is."""


class RecordsClash(CommerceError):
    """A record has the number of another one that is there already."""


class FilesChanged(CommerceError):
    """The files of an import were changed while it was running."""
