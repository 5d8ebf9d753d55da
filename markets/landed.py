"""What a consignment costs until it is in the recipient's hands, by the dated rules of its destination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from facts.values import Money
from markets.border import (
    Charge,
    DeMinimis,
    DutyBand,
    DutyKind,
    ImportTax,
    SellerScheme,
    TaxKind,
)
from markets.consignment import Consignment, Doubt, Part, Payer, Span, Terms
from markets.exchange import ExchangeRates
from markets.models import MarketRules
from markets.rule import Rule

NOT_AT_THE_BORDER = (TaxKind.SALES_TAX, TaxKind.NONE)
"""Taxes that customs do not collect, where no rule says that they do."""


@dataclass(frozen=True, slots=True)
class LandedCost:
    """The cost of a consignment, in its own currency."""

    consignment: Consignment
    duty: Part
    tax: Part
    within_union: bool
    """No customs border is crossed."""
    scheme: SellerScheme | None
    """The scheme by which the seller has collected the tax."""
    tax_percent: Decimal | None
    rates: ExchangeRates | None
    """The rates that something was converted with."""

    @property
    def handling(self) -> Span:
        """What the carrier asks for; nothing where nothing else can be asked for, open where its fee is not known."""
        zero = _zero(self.consignment)
        if self._charges.nothing:
            return Span.exactly(zero)
        fee = self.consignment.handling
        return Span(zero, None) if fee is None else Span.exactly(fee)

    @property
    def asked(self) -> Span:
        """What the recipient is asked for, without a carrier's fee that is not known."""
        fee = self.handling
        return self._charges if fee.high is None else self._charges + fee

    @property
    def total(self) -> Span:
        """Goods, shipping and what the recipient is asked for."""
        return Span.exactly(self.consignment.delivered) + self.asked

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule it rests on, each once."""
        scheme = (self.scheme,) if self.scheme else ()
        return tuple(dict.fromkeys((*self.duty.rules, *self.tax.rules, *scheme)))

    @property
    def sure(self) -> bool:
        return self.duty.sure and self.tax.sure and all(rule.may_deny for rule in self.rules)

    @property
    def doubts(self) -> frozenset[Doubt]:
        fee = {Doubt.CARRIER_FEE} if self.handling.high is None else set[Doubt]()
        return frozenset(self.duty.doubts | self.tax.doubts | fee)

    @property
    def _charges(self) -> Span:
        due = Span.exactly(_zero(self.consignment))
        for part in (self.duty, self.tax):
            if part.payer is Payer.RECIPIENT:
                due = due + part.span
        return due


def landed_cost(
    consignment: Consignment, markets: Mapping[str, MarketRules], rates: ExchangeRates | None = None
) -> LandedCost | None:
    """The landed cost; None for a destination outside the list, where the shop's policy alone can tell.

    All amounts of `consignment` are in one currency, else CurrencyMismatch.
    """
    market = markets.get(consignment.destination)
    if market is None:
        return None
    if _same_union(consignment, markets):
        none = Part(Span.exactly(_zero(consignment)), Payer.NOBODY)
        return LandedCost(consignment, none, none, True, None, None, None)
    return _Assessment(consignment, market, rates.on(consignment.day) if rates else None).cost()


def _same_union(consignment: Consignment, markets: Mapping[str, MarketRules]) -> bool:
    if consignment.origin == consignment.destination:
        return True
    origin = markets.get(consignment.origin)
    region = markets[consignment.destination].region
    return region is not None and origin is not None and origin.region == region


class _Assessment:
    """Applies one country's rules to one consignment."""

    def __init__(self, consignment: Consignment, market: MarketRules, rates: ExchangeRates | None) -> None:
        self._parcel, self._market, self._rates = consignment, market, rates
        self._converted = False
        dated = market.imports.seller_scheme
        scheme = dated.on(consignment.day) if dated else None
        self._scheme = scheme if scheme and scheme.name in consignment.schemes else None

    def cost(self) -> LandedCost:
        duty = self._duty()
        percent, tax = self._tax(duty.span)
        collects = self._collects()
        if collects and Charge.DUTY in collects.covers:
            duty = self._paid_by_seller(duty)
        if collects and Charge.TAX in collects.covers:
            tax = self._paid_by_seller(tax)
        return LandedCost(
            self._parcel, duty, tax, False, collects, percent, self._rates if self._converted else None
        )

    def _collects(self) -> SellerScheme | None:
        """The scheme, where the consignment's value is surely within it."""
        scheme = self._scheme
        if scheme is None or scheme.up_to is None:
            return scheme
        return scheme if self._at_most(self._parcel.goods, scheme.up_to) else None

    def _paid_by_seller(self, part: Part) -> Part:
        return replace(part, payer=Payer.NOBODY if part.span.nothing else Payer.SELLER, doubts=frozenset())

    def _duty(self) -> Part:
        free, relief = self._relief(Charge.DUTY)
        if free:
            return self._part(Span.exactly(self._zero), relief)
        dated = self._market.imports.duty
        rule = dated.on(self._parcel.day) if dated else None
        if rule is None:
            return self._part(self._unknown, relief, Doubt.RULE)
        rules, doubts = (*relief, rule), set[Doubt]()
        band, sure = self._band(rule.bands)
        span = self._by_band(band, doubts) if sure and band else self._unknown
        if not sure:
            doubts.add(Doubt.EXCHANGE_RATE)
        elif band is None:
            doubts.add(Doubt.RULE)
        return self._perhaps_free(free, span, rules, doubts)

    def _band(self, bands: Iterable[DutyBand]) -> tuple[DutyBand | None, bool]:
        """The band of the goods' value, and whether it could be told."""
        for band in bands:
            if band.scheme_only and self._scheme is None:
                continue
            fits = True if band.up_to is None else self._at_most(self._parcel.goods, band.up_to)
            if fits is None:
                return None, False
            if fits:
                return band, True
        return None, True

    def _by_band(self, band: DutyBand, doubts: set[Doubt]) -> Span:
        if band.kind is DutyKind.NONE:
            return Span.exactly(self._zero)
        if band.kind is DutyKind.PERCENT and band.percent is not None:
            return self._percent_duty(band, band.percent, doubts)
        amount = self._ours(band.amount) if band.amount else None
        if amount is None:
            doubts.add(Doubt.EXCHANGE_RATE if band.amount else Doubt.HEADING)
            return self._unknown
        if band.kind is DutyKind.FLAT_PER_PARCEL:
            return Span.exactly(amount)
        fewest, most = self._parcel.headings
        if fewest != most:
            doubts.add(Doubt.HEADING)
        return Span(amount * fewest, amount * most)

    def _percent_duty(self, band: DutyBand, percent: Decimal, doubts: set[Doubt]) -> Span:
        """Of the goods at least, with their carriage at most: countries differ, and the rules do not say."""
        less = self._ours(band.less) if band.less else self._zero
        low = _percent(self._parcel.goods, percent)
        high = _percent(self._parcel.delivered, percent)
        if less is None:
            doubts.add(Doubt.EXCHANGE_RATE)
            return Span(self._zero, high)
        return Span(self._not_below(low - less), self._not_below(high - less))

    def _tax(self, duty: Span) -> tuple[Decimal | None, Part]:
        consumer = self._market.consumer_tax.on(self._parcel.day) if self._market.consumer_tax else None
        free, relief = self._relief(Charge.TAX)
        if free:
            return None, self._part(Span.exactly(self._zero), relief)
        dated = self._market.imports.vat_at_import
        rule: ImportTax | None = dated.on(self._parcel.day) if dated else None
        if rule is None and consumer and consumer.kind in NOT_AT_THE_BORDER:
            return None, self._part(Span.exactly(self._zero), (consumer,))
        own = rule is not None and rule.percent is not None
        used: tuple[Rule, ...] = tuple(each for each in (rule, None if own else consumer) if each)
        percent = next((each.percent for each in (rule, consumer) if each and each.percent is not None), None)
        if percent is None:
            return None, self._part(self._unknown, (*relief, *used), Doubt.TAX_RATE if used else Doubt.RULE)
        high = None if duty.high is None else _percent(self._parcel.delivered + duty.high, percent)
        span = (
            Span(_percent(self._parcel.goods + duty.low, percent), high)
            if percent
            else Span.exactly(self._zero)
        )
        return percent, replace(self._perhaps_free(free, span, (*relief, *used), set()), assumed=rule is None)

    def _relief(self, charge: Charge) -> tuple[bool | None, tuple[DeMinimis, ...]]:
        """Whether a low value frees from the charge (None: no rate to compare by), and the rule that was looked at."""
        imports, day = self._market.imports, self._parcel.day
        own = imports.de_minimis_from.on(day) if imports.de_minimis_from else None
        if own is None or self._parcel.origin not in own.origins:
            own = imports.de_minimis.on(day) if imports.de_minimis else None
        if own is None or charge not in own.what:
            return False, ()
        value = self._parcel.delivered if own.postage_counts else self._parcel.goods
        return self._at_most(value, own.amount), (own,)

    def _perhaps_free(
        self, free: bool | None, span: Span, rules: tuple[Rule, ...], doubts: set[Doubt]
    ) -> Part:
        if free is None and not span.nothing:
            return self._part(Span(self._zero, span.high), rules, *doubts, Doubt.EXCHANGE_RATE)
        return self._part(span, rules, *doubts)

    def _part(self, span: Span, rules: tuple[Rule, ...], *doubts: Doubt) -> Part:
        payer = Payer.RECIPIENT if self._parcel.terms is Terms.DAP else Payer.SELLER
        return Part(span, Payer.NOBODY if span.nothing else payer, rules, frozenset(doubts))

    def _at_most(self, value: Money, limit: Money) -> bool | None:
        """Whether the value is within a limit; None where no rate says what the limit is in its currency."""
        if not limit.minor:
            return value.minor <= 0
        ours = self._ours(limit)
        return None if ours is None else value.minor <= ours.minor

    def _ours(self, amount: Money) -> Money | None:
        """A rule's amount in the consignment's currency."""
        currency = self._parcel.shipping.currency
        if amount.currency == currency:
            return amount
        self._converted = self._rates is not None
        return self._rates.convert(amount, currency) if self._rates else None

    @property
    def _zero(self) -> Money:
        return _zero(self._parcel)

    @property
    def _unknown(self) -> Span:
        return Span(self._zero, None)

    def _not_below(self, amount: Money) -> Money:
        return amount if amount.minor > 0 else self._zero


def _zero(consignment: Consignment) -> Money:
    return Money(minor=0, currency=consignment.shipping.currency)


def _percent(amount: Money, percent: Decimal) -> Money:
    minor = (Decimal(amount.minor) * percent / 100).to_integral_value(ROUND_HALF_UP)
    return Money(minor=int(minor), currency=amount.currency)
