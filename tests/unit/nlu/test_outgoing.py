"""What a channel may forbid is found however it is written, and what merely looks like it is not."""

from __future__ import annotations

from functools import cache

import pytest

from i18n.languages import BUILT_IN, load_languages
from markets.channel import Forbidden
from nlu.lexicon import check_phrases, load_lexicons
from nlu.outgoing import Found, OutgoingReader

ZERO = "\u200b"


@cache
def _reader() -> OutgoingReader:
    return OutgoingReader(load_lexicons([BUILT_IN]))


def _kinds(text: str) -> set[Forbidden]:
    return {found.kind for found in _reader().read(text)}


LINKS = [
    "Visit https://shop.example/x",
    "hxxp://shop.example",
    "see www.fernharbour.example",
    "go to fernharbour.com now",
    "SHOP.COM",
    "fernharbour.com.",
    "(fernharbour.de)",
    "t.me/fern",
    "bit.ly/abc",
    "163.com",
    "shop.example:8080/a",
    "mailto:x",
    "siehe müller.de",
    f"f{ZERO}ern.c{ZERO}om",
    "fe\u00adrn.com",
    "ｆｅｒｎ．ｃｏｍ",
    "看 fern。com",
    "请访问fern.cn。",
    "fern [dot] com",
    "fern (punkt) de",
    "fern dot com",
    "fern .com",
    "example\u2024com",
    "пример.рф",
    "店铺.中国",
    "متجر.السعودية",
    "еxаmple.соm",
]


@pytest.mark.parametrize("text", LINKS)
def test_links_and_bare_domains_are_found(text: str) -> None:
    assert _kinds(text) == {Forbidden.LINK}


@pytest.mark.parametrize(
    "text",
    [
        "mail help@shop.example",
        "HELP@SHOP.EXAMPLE",
        f"he{ZERO}lp@sh{ZERO}op.example",
        "help＠shop.example",
        "name (at) shop (dot) com",
        "name [arroba] shop [punto] es",
        "写信到help@shop.cn",
    ],
)
def test_mail_addresses_are_found(text: str) -> None:
    assert _kinds(text) == {Forbidden.EMAIL}


PHONES = [
    "+49 30 1234567",
    "+1 (415) 555-0132",
    "0049 30 1234567",
    "Rufen Sie an: 030 12345678",
    "030/12345678",
    "06-12345678",
    "01 23 45 67 89",
    "call (415) 555-0132",
    "415-555-0132",
    "1-800-555-0199",
    "(11) 91234-5678",
    "512 345 678",
    "612 34 56 78",
    "13812345678",
    "电话：138 1234 5678",
    "010-1234-5678",
    "03-1234-5678",
    "8 (495) 123-45-67",
    "tel 123456",
    "phone: 5550132",
    "اتصل بنا على ٠٥٠١٢٣٤٥٦٧",
    "٠٥٠ ١٢٣ ٤٥٦٧",
    "۰۲۱ ۱۲۳۴۵۶۷۸",
    "०३० १२३४५६७८",
    "๐๒ ๑๒๓ ๔๕๖๗",
    "０３０ １２３４５６７８",
    f"+{ZERO}4{ZERO}9 30 1234567",
]


@pytest.mark.parametrize("text", PHONES)
def test_telephone_numbers_are_found_in_whatever_digits(text: str) -> None:
    assert _kinds(text) == {Forbidden.PHONE}


INNOCENT = [
    "Your order FH-10023 will arrive on 23.11.2026 at 10:30.",
    "Order no. 10045678",
    "order 028-1234567-1234567",
    "12-34567-89012",
    "order 0301234567",
    "no.1 choice, e.g. no.1",
    "art.no 12",
    "Art.No. 5",
    "Parcel shipped.It arrives tomorrow",
    "m.in. buty",
    "z.B. u.a. d.h.",
    "B.V. and S.p.A.",
    "Foo Trading Co.Ltd",
    "at 8 p.m. or 10.am",
    "USB 3.0, 2.5 m",
    "label.pdf",
    "1Z999AA10123456784",
    "JD014600003828397472",
    "00340434161094012345",
    "RR123456789CN",
    "05222000123456",
    "9400 1000 0000 0000 0000 00",
    "4006381333931",
    "1.299,00 €",
    "€ 1 299 000",
    "Rp 612.345.678",
    "612 345 678 ₫",
    "₩1,290,000",
    "1'299.50 CHF",
    "12,5 x 30,0 cm",
    "size 42.5, 36-38",
    "01.02.2026 - 05.02.2026",
    "2026-11-23 to 2026-11-30",
    "23/11/2026 18:00",
    "3088 HH Rotterdam",
    "Waalhaven Zuidzijde 212",
    "10:00–18:00",
    "show the QR code at the counter",
    "WeChat Pay works",
    "用微信支付",
    "We will review your order",
    "What you write in a review is up to you.",
    "包裹到了。中国邮政会联系您。",
    "رقم الطلب ١٠٠٤٥٦٧٨",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_what_looks_alike_is_left_alone(text: str) -> None:
    assert _reader().read(text) == ()


def test_a_code_of_the_shops_own_facts_is_no_telephone_number() -> None:
    assert _kinds("See 01234567890") == {Forbidden.PHONE}
    assert _reader().read("See 01234567890", known=["01234567890"]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "add us on WhatsApp",
        "加微信聊",
        "LINE ID fern",
        "Schreiben Sie auf Instagram",
        "напишите в телеграм",
        "카카오톡으로 문의",
        "scan the QR code",
        "请扫二维码",
    ],
)
def test_other_ways_to_be_reached_are_found(text: str) -> None:
    assert Forbidden.SOCIAL_CONTACT in _kinds(text)


REVIEWS = {
    "ar": "يرجى ترك تقييم لنا",
    "de": "Bewerten Sie uns bitte",
    "en": "Please leave us a positive review",
    "es": "Déjenos una reseña, por favor",
    "fr": "Laissez-nous un avis",
    "hi": "कृपया रिव्यू दें",
    "id": "Mohon beri kami ulasan",
    "it": "Lasciaci una recensione",
    "ja": "レビューをご投稿ください",
    "ko": "리뷰를 남겨 주세요",
    "nl": "Laat een review achter",
    "pl": "Zostaw nam opinię",
    "pt-BR": "Deixe uma avaliação",
    "pt-PT": "Deixe a sua avaliação",
    "ru": "Оставьте, пожалуйста, отзыв",
    "th": "ฝากรีวิวให้ร้านด้วยนะคะ",
    "tr": "Bizi değerlendirin",
    "vi": "Bạn cho shop đánh giá nhé",
    "zh-Hans": "麻烦给个好评",
    "zh-Hant": "請給個好評",
}


@pytest.mark.parametrize("language", sorted(load_languages([BUILT_IN])))
def test_a_request_for_a_review_is_found_in_every_language(language: str) -> None:
    assert Forbidden.REVIEW_REQUEST in _kinds(REVIEWS[language])


def test_no_catalogue_sentence_holds_what_a_channel_forbids() -> None:
    found = {
        (code, key): _reader().read(text)
        for code, pack in load_languages([BUILT_IN]).items()
        for key, text in {**pack.messages, **pack.terms}.items()
    }
    assert {where: what for where, what in found.items() if what} == {}


def test_lexicons_are_expressions() -> None:
    for lexicon in load_lexicons([BUILT_IN]):
        check_phrases(lexicon)


def test_findings_are_shown_as_they_were_written_and_once() -> None:
    found = _reader().read("Call +49 30 1234567 or +49 30 1234567, see HTTPS://Shop.Example/A.")
    assert found == (
        Found(Forbidden.LINK, "https://shop.example/a"),
        Found(Forbidden.PHONE, "+49 30 1234567"),
    )


def test_coupons_are_words_in_capitals_or_with_digits() -> None:
    codes = [
        code.plain for code in _reader().codes("Take welcome10, HARBOUR-15, SALE or Spring 20 for your order")
    ]
    assert codes == ["welcome10", "harbour-15", "sale", "spring 20"]
    assert [code.plain for code in _reader().codes(f"HAR{ZERO}BOUR15")] == ["harbour15"]
