"""Body measures in six languages and several units become centimetres; other numbers stay what they are."""

from __future__ import annotations

import time

import pytest

from nlu.entities import EntityReader
from nlu.folding import fold
from nlu.lexicon import load_lexicons, shipped_languages
from nlu.perception import EntityKind


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader(load_lexicons([shipped_languages()]), r"FH[-\s]?\d{5}")


def measures(reader: EntityReader, text: str) -> set[str]:
    return {entity.value for entity in reader.read(fold(text)) if entity.kind is EntityKind.MEASURE}


@pytest.mark.parametrize(("text", "found"), [
    ("my foot is 24.5 cm", {"foot_length=24.5"}),
    ("foot 245 mm", {"foot_length=24.5"}),
    ("chest 96, waist 80, hips 102", {"chest=96", "waist=80", "hip=102"}),
    ("35 inch waist", {"waist=88.9"}),
    ("I'm 5'7\" tall", {"height=170.18"}),
    ("I'm 170cm and 65 kg", {"height=170", "weight=65"}),
    ("24.5cm", {"?=24.5"}),
    ("Fußlänge 24,5", {"foot_length=24.5"}),
    ("Brustumfang 100 cm und Taille 84 cm", {"chest=100", "waist=84"}),
    ("Mi pie mide 25 cm", {"foot_length=25"}),
    ("pecho 96, cintura 80", {"chest=96", "waist=80"}),
    ("Tour de poitrine 96 cm, taille 80", {"chest=96", "waist=80"}),
    ("足のサイズが24.5cmです", {"foot_length=24.5"}),
    ("胸囲96cm、ウエスト80cm", {"chest=96", "waist=80"}),
    ("我脚长24.5厘米", {"foot_length=24.5"}),
    ("我的脚比较大，29厘米", {"foot_length=29"}), ("1,024 cm", set()),
    ("胸围96，腰围80", {"chest=96", "waist=80"}),
])  # fmt: skip
def test_measure_is_read_with_its_part_in_centimetres(
    reader: EntityReader, text: str, found: set[str]
) -> None:
    assert measures(reader, text) == found


@pytest.mark.parametrize("text", [
    "where is order FH-19707", "size 38", "I ordered 2 shirts for 80 euros", "waist", "chest 9999", "foot 3",
    "it took 24 days", "W32/L32", "鞋码42",
])  # fmt: skip
def test_other_numbers_are_no_measures(reader: EntityReader, text: str) -> None:
    assert measures(reader, text) == set()


def test_number_of_a_measure_is_no_size(reader: EntityReader) -> None:
    kinds = {entity.kind for entity in reader.read(fold("Schuhgröße, Fuß 24 cm"))}
    assert EntityKind.MEASURE in kinds
    assert EntityKind.SIZE not in kinds


@pytest.mark.parametrize("text", ["1cm " * 2500, "9" * 10_000, "chest " * 1600 + "96", "5'7\" " * 2000])
def test_ten_thousand_characters_are_read_in_a_moment(reader: EntityReader, text: str) -> None:
    started = time.perf_counter()
    measures(reader, text[:10_000])
    assert time.perf_counter() - started < 2.0
