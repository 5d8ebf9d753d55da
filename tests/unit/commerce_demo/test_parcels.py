"""Parcels move over carriers' legs in order of time, with numbers that pass their checks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commerce.demo import build_demo_shop
from commerce.demo.numbers import gs1_check, parcel_number, s10_check
from commerce.models import Shipment
from commerce.shopdata import ShopData
from facts.tracking import TrackingStatus


@pytest.mark.parametrize(("serial", "digit"), [("47312482", 9), ("12345678", 5)])
def test_the_s10_check_digit_is_the_one_of_the_standard(serial: str, digit: int) -> None:
    assert s10_check(serial) == digit


def test_the_gs1_check_digit_is_the_one_of_a_known_code() -> None:
    assert gs1_check("400638133393") == 1


def test_a_parcel_number_depends_on_its_seed_alone() -> None:
    assert parcel_number("LX########*NL", "a") == parcel_number("LX########*NL", "a")
    assert parcel_number("LX########*NL", "a") != parcel_number("LX########*NL", "b")


def test_international_numbers_carry_a_valid_check_digit(shop: ShopData) -> None:
    s10 = [
        leg.tracking_number
        for shipment in shop.shipments
        for leg in shipment.legs
        if re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", leg.tracking_number)
    ]
    assert len(s10) > 60
    assert all(int(number[10]) == s10_check(number[2:10]) for number in s10)


def test_no_tracking_number_occurs_twice(shop: ShopData) -> None:
    numbers = [leg.tracking_number for shipment in shop.shipments for leg in shipment.legs]
    assert len(numbers) == len(set(numbers))


def test_legs_join_up_and_end_in_the_customer_s_country(shop: ShopData) -> None:
    orders = {order.id: order for order in shop.orders}
    for shipment in shop.shipments:
        assert shipment.legs[0].origin == "NL"
        assert shipment.legs[-1].destination == orders[shipment.order_id].shipping_address.country
        assert all(event.leg < len(shipment.legs) for event in shipment.events)
    assert any(len(shipment.legs) == 3 for shipment in shop.shipments)


def test_scans_lie_in_the_past_and_in_a_known_zone(shop: ShopData, now: datetime) -> None:
    for shipment in shop.shipments:
        for event in shipment.events:
            assert event.at <= now
            assert ZoneInfo(event.zone)
            assert event.message
            assert event.location


def test_all_states_of_a_parcel_occur(shop: ShopData) -> None:
    latest = {_latest(shipment) for shipment in shop.shipments}
    assert latest >= {
        TrackingStatus.PENDING,
        TrackingStatus.PICKED_UP,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.CUSTOMS,
        TrackingStatus.ON_HOLD,
        TrackingStatus.OUT_FOR_DELIVERY,
        TrackingStatus.READY_FOR_PICKUP,
        TrackingStatus.DELIVERY_DELAYED,
        TrackingStatus.DELIVERY_FAILED,
        TrackingStatus.RETURN_TO_SENDER,
        TrackingStatus.DELIVERED,
    }


def test_carriers_send_repeats_hand_overs_and_scans_out_of_order(shop: ShopData) -> None:
    def times(shipment: Shipment) -> list[datetime]:
        return [event.at for event in shipment.events]

    assert any(times(shipment) != sorted(times(shipment)) for shipment in shop.shipments)
    assert any(len(times(shipment)) != len(set(times(shipment))) for shipment in shop.shipments)
    assert any("partner carrier" in event.message for s in shop.shipments for event in s.events)
    for shipment in shop.shipments:
        assert len({event.id for event in shipment.events}) == len(shipment.events)


def test_a_promise_is_made_at_hand_over(shop: ShopData) -> None:
    for shipment in shop.shipments:
        assert (shipment.shipped_at is None) == (shipment.promised_by is None)
        if shipment.shipped_at and shipment.promised_by:
            assert timedelta(days=0) < shipment.promised_by - shipment.shipped_at.date() <= timedelta(days=30)
            assert shipment.promised_by.weekday() < 5


@pytest.mark.parametrize("hour", [0, 3, 7, 13, 22, 23])
def test_at_any_hour_nothing_lies_in_the_future(hour: int) -> None:
    moment = datetime(2027, 3, 28, hour, 5, tzinfo=UTC)
    shop = build_demo_shop(moment)
    assert all(event.at <= moment for shipment in shop.shipments for event in shipment.events)


def _latest(shipment: Shipment) -> TrackingStatus:
    return max(shipment.events, key=lambda event: event.at).status
