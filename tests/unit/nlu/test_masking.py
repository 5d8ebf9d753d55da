"""What must not be stored is masked; the numbers that customers and carriers use stay."""

from __future__ import annotations

import random
import string

import pytest

from nlu.checks import luhn_valid
from nlu.masking import MASK, Masker, mask


def with_luhn(body: str) -> str:
    return next(body + digit for digit in string.digits if luhn_valid(body + digit))


def s10(random_: random.Random) -> str:
    body = "".join(random_.choices(string.digits, k=8))
    rest = 11 - sum(int(d) * w for d, w in zip(body, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"R{random_.choice('ABCR')}{body}{check}{random_.choice(('DE', 'CN', 'GB'))}"


CARDS = {
    "4111 1111 1111 1111": "visa in groups",
    "4111-1111-1111-1111": "visa with dashes",
    "4111111111111111": "bare visa",
    "5500 0000 0000 0004": "mastercard",
    "2221 0000 0000 0009": "mastercard of the 2-series",
    "3782 822463 10005": "american express",
    "378282246310005": "bare american express",
    "6200 0000 0000 0005": "unionpay",
    "４１１１ １１１１ １１１１ １１１１": "full-width digits",
    "4111\u00a01111\u00a01111\u00a01111": "no-break spaces",
}


@pytest.mark.parametrize("card", CARDS, ids=CARDS.values())
@pytest.mark.parametrize(
    "frame", ["{}", "my card is {} thanks", "Meine Kartennummer: {}.", "卡号{}，谢谢", "pay with {} 12/27"]
)
def test_card_numbers_are_masked(card: str, frame: str) -> None:
    masked = mask(frame.format(card))
    assert card not in masked.text
    assert MASK in masked.text
    assert "card_number" in masked.found


def test_only_the_number_goes_and_the_words_stay() -> None:
    assert (
        mask("Card 4111 1111 1111 1111 exp 12/27, order MF-10428").text
        == f"Card {MASK} exp 12/27, order MF-10428"
    )


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("cvv 123", "123", "card_code"),
        ("CVC: 4321", "4321", "card_code"),
        ("the cvc is 987", "987", "card_code"),
        ("Prüfziffer ist 123", "123", "card_code"),
        ("安全码是123", "123", "card_code"),
        ("my password is hunter22!", "hunter22", "secret"),
        ("Passwort: Sommer2024", "Sommer2024", "secret"),
        ("Mein Passwort lautet geheim99", "geheim99", "secret"),
        ("密码是abc12345", "abc12345", "secret"),
        ("api key = 8f7d6c5b4a", "8f7d6c5b4a", "secret"),
        ("use sk-abcdefghijklmnopqrstuvwx please", "sk-abcdefghijklmnopqrstuvwx", "secret"),
        ("refund to DE89 3704 0044 0532 0130 00 please", "3704", "iban"),
        ("gb82west12345698765432", "98765432", "iban"),
        ("Konto: NL91ABNA0417164300.", "0417164300", "iban"),
    ],
)
def test_codes_accounts_and_secrets_are_masked(text: str, secret: str, kind: str) -> None:
    masked = mask(text)
    assert secret not in masked.text
    assert secret[:2] not in masked.text
    assert kind in masked.found


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cvv 123 thanks", f"cvv {MASK} thanks"),
        ("card verification code: 1234", f"card verification code: {MASK}"),
        ("Prüfziffer ist 123", f"Prüfziffer ist {MASK}"),
        ("安全码是123", f"安全码是{MASK}"),
        ("le cryptogramme est 123", f"le cryptogramme est {MASK}"),
        ("mon mot de passe est Tulipe42", f"mon mot de passe est {MASK}"),
    ],
)
def test_a_code_goes_as_a_whole(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "where is order MF-10428",
        "order 10428 and #99812",
        "my code is 482913",
        "Der Code lautet 482913",
        "验证码是482913",
        "my password is wrong and I cannot log in",
        "Mein Passwort ist falsch",
        "I forgot my password",
        "call me on +49 171 1234567",
        "size 38, EU 42, 2 pairs",
        "a@b.example, postcode 10115",
        "it cost 1.299,00 EUR on 2026-11-03",
        "",
        "😀",
    ],
)
def test_ordinary_messages_stay_as_they_are(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).found == ()


def tracking_numbers(random_: random.Random, count: int) -> list[str]:
    """Numbers of the lengths and prefixes that carriers use; one in ten of each passes the card check."""
    shapes = [
        ("", 10),
        ("", 12),
        ("", 13),
        ("", 14),
        ("", 15),
        ("", 16),
        ("0", 14),
        ("00340434", 20),
        ("9400", 22),
        ("1Z999AA1", 18),
        ("4", 16),
        ("62", 16),
        ("37", 15),
        ("5", 16),
        ("SF", 14),
        ("YT", 18),
        ("LP00", 18),
    ]
    numbers = []
    for _ in range(count):
        prefix, length = random_.choice(shapes)
        numbers.append(prefix + "".join(random_.choices(string.digits, k=length - len(prefix))))
    return numbers


@pytest.mark.parametrize(
    "frame",
    [
        "my tracking number is {}",
        "parcel {} has not moved",
        "where is {}? that's the DHL number",
        "Sendungsnummer {}",
        "Paket {} hängt fest",
        "快递单号{}，没有更新",
        "运单号：{}",
    ],
)
def test_named_tracking_numbers_survive(frame: str) -> None:
    numbers = tracking_numbers(random.Random(7), 2000)
    kept = sum(mask(frame.format(number)).text == frame.format(number) for number in numbers)
    assert kept / len(numbers) >= 0.99


def test_valid_postal_numbers_survive_without_any_word() -> None:
    random_ = random.Random(11)
    assert all(mask(number).text == number for number in (s10(random_) for _ in range(1000)))


def test_every_valid_card_is_masked_in_groups_even_beside_a_parcel_word() -> None:
    random_ = random.Random(3)
    for _ in range(1000):
        digits = with_luhn(
            random_.choice("45") + random_.choice("12345") + "".join(random_.choices(string.digits, k=13))
        )
        grouped = " ".join(digits[i : i + 4] for i in range(0, 16, 4))
        assert digits[-4:] not in mask(f"parcel paid with {grouped}").text
        assert digits not in mask(f"here: {digits}").text


def test_a_card_word_nearer_than_a_parcel_word_decides() -> None:
    text = "The parcel is late. My card number is 4111111111111111"
    assert "4111111111111111" not in mask(text).text


def test_a_shops_own_long_order_numbers_survive() -> None:
    masker = Masker((), r"\d{16}")
    assert masker.mask("4111111111111111").text == "4111111111111111"


@pytest.mark.parametrize(
    "text", ["\x00" * 50, "\ud800 4111 1111 1111 1111 \udfff", "1" * 100_000, "4 " * 50_000, "e\u0301" * 100]
)
def test_strange_text_is_masked_once_and_for_all(text: str) -> None:
    once = mask(text).text
    assert "4111" not in once
    assert mask(once).text == once
