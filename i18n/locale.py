"""Where and in which tongue a fact is told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    """A language (BCP 47, `zh-Hans`), the country whose formats apply, and the customer's IANA zone."""

    language: str
    country: str | None = None
    zone: str = "UTC"
