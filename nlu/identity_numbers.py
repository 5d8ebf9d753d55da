"""Numbers by which states tell people apart: customs ask for them, and a chat must not keep them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from nlu.lexicon import AFTER, BEFORE

_NEAR = 32
_CHINA_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VERHOEFF = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTED = ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415",
             "7046913258")  # fmt: skip
_SPANISH = "trwagmyfpdxbnjzsqvhlcke"


@dataclass(frozen=True, slots=True)
class Shape:
    """`alone` numbers are known by their writing; the others only beside a word such as "tax number"."""

    expression: re.Pattern[str]
    valid: Callable[[str], bool]
    alone: bool


def _shape(expression: str, valid: Callable[[str], bool], alone: bool) -> Shape:
    return Shape(re.compile(f"{BEFORE}(?:{expression}){AFTER}"), valid, alone)


def _date(text: str) -> bool:
    """YYYYMMDD, or YYMMDD of either century."""
    years = (text[:4],) if len(text) == 8 else (f"19{text[:2]}", f"20{text[:2]}")
    for year in years:
        try:
            return 1900 <= date(int(year), int(text[-4:-2]), int(text[-2:])).year <= 2100
        except ValueError:
            continue
    return False


def _cpf(digits: str) -> bool:
    """Brazil, Receita Federal: two check digits modulo 11."""
    if len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(int(d) * (length + 1 - i) for i, d in enumerate(digits[:length]))
        if int(digits[length]) != total * 10 % 11 % 10:
            return False
    return True


def _rut(text: str) -> bool:
    """Chile: weights 2 to 7 from the right, modulo 11."""
    total = sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(text[:-1])))
    return text[-1] == "0123456789k0"[11 - total % 11]


def _china(text: str) -> bool:
    """GB 11643: a date of birth and ISO 7064 MOD 11-2."""
    total = sum(int(d) * w for d, w in zip(text, _CHINA_WEIGHTS, strict=False))
    return _date(text[6:14]) and text[-1] == "10x98765432"[total % 11]


def _my_number(digits: str) -> bool:
    """Japan, ministerial order 85 of 2014."""
    total = sum(int(d) * (i + 2 if i < 6 else i - 4) for i, d in enumerate(reversed(digits[:11])))
    left = total % 11
    return int(digits[11]) == (0 if left <= 1 else 11 - left)


def _pesel(digits: str) -> bool:
    """Poland, population register act of 2010: a check digit with the weights 1, 3, 7 and 9."""
    total = sum(int(d) * w for d, w in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=True))
    return total % 10 == 0


def _ssn(digits: str) -> bool:
    """United States: numbers that are never given are none."""
    return (
        digits[:3] not in ("000", "666") and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"
    )


def _german_card(text: str) -> bool:
    """ICAO 9303: weights 7, 3, 1; without the tenth character nothing can be checked."""
    values = [int(c, 36) for c in text]
    return len(text) == 9 or sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values[:9])) % 10 == values[9]


def _aadhaar(digits: str) -> bool:
    """India, UIDAI: Verhoeff."""
    check = 0
    for i, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF[check][int(_PERMUTED[i % 8][int(digit)])])
    return check == 0


def _kimlik(digits: str) -> bool:
    """Türkiye, Nüfus ve Vatandaşlık İşleri."""
    d = [int(c) for c in digits]
    tenth = (sum(d[0:9:2]) * 7 - sum(d[1:8:2])) % 10
    return d[0] != 0 and d[9] == tenth and d[10] == sum(d[:10]) % 10


def _dni(text: str) -> bool:
    """Spain, Real Decreto 1553/2005: letter of the number modulo 23; X, Y and Z of foreigners count 0, 1 and 2."""
    number = text[:-1].translate(str.maketrans("xyz", "012"))
    return _SPANISH[int(number) % 23] == text[-1]


SHAPES = (
    _shape(r"\d{3}\.\d{3}\.\d{3}-\d{2}", _cpf, True),
    _shape(r"\d{11}", lambda text: _cpf(text) or _kimlik(text) or _pesel(text), False),
    _shape(r"\d{1,2}\.\d{3}\.\d{3}-[\dk]", _rut, True),
    _shape(r"\d{7,8}-?[\dk]", _rut, False),
    _shape(r"\d{3}-\d{2}-\d{4}", _ssn, True),
    _shape(r"\d{17}[\dx]", _china, True),
    # Beside its name a mistyped one tells who she is, too.
    _shape(r"\d{17}[\dx]", lambda text: _date(text[6:14]), False),
    _shape(r"\d{4}[ -]?\d{4}[ -]?\d{4}", lambda text: _my_number(text) or _aadhaar(text), False),
    _shape(r"\d{6}-[1-8]\d{6}", lambda text: _date(text[:6]), True),
    _shape(r"p\d{12}", lambda text: True, True),
    _shape(r"[a-z]{4}\d{6}[hm][a-z]{5}[a-z0-9]\d", lambda text: _date(text[4:10]), True),
    _shape(r"[a-z&ñ]{3,4}\d{6}[a-z0-9]{3}", lambda text: _date(text[-9:-3]), False),
    _shape(r"[cfghjklmnprtvwxyz][cfghjklmnprtvwxyz0-9]{8}\d?", _german_card, False),
    _shape(r"(?:\d{8}|[xyz]-?\d{7})-?[a-z]", _dni, False),
    _shape(r"[a-z]{5}\d{4}[a-z]", lambda text: True, False),
)


def identity_numbers(text: str, names: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where such numbers stand in folded text."""
    for shape in SHAPES:
        for match in shape.expression.finditer(text):
            plain = re.sub(r"[ .\-]", "", match[0])
            named = names.search(text[max(0, match.start() - _NEAR) : match.start()])
            if (shape.alone or named) and shape.valid(plain):
                yield match.span()
