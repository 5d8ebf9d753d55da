"""What is known of a country's rules."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from markets.border import ConsumerTax, Imports
from markets.rights import Guarantee, Withdrawal
from markets.rule import Clause, Country, Dated, Rule
from markets.wording import ForbiddenWords, MandatoryLanguages, QuietHours


class LawfulToServe(Rule):
    when: Literal["configured"]
    """Only where the shop has configured that it may serve the country."""


class MarketRules(Clause):
    """The rules of one country. A rule that is None is not known: the shop's own policy holds."""

    country: Country
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    region: str | None = None
    consumer_tax: Dated[ConsumerTax] | None = None
    imports: Imports = Imports()
    withdrawal: Dated[Withdrawal] | None = None
    guarantee: Dated[Guarantee] | None = None
    mandatory_languages: Dated[MandatoryLanguages] | None = None
    quiet_hours: Dated[QuietHours] | None = None
    advertising_forbidden_words: Dated[ForbiddenWords] | None = None
    lawful_to_serve: Dated[LawfulToServe] | None = None
