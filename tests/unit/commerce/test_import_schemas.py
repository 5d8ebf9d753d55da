"""The published JSON Schemas are those of the models, and the samples keep to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from commerce.importing.jsonl import KINDS
from commerce.importing.schemas import schema, write_schemas

PUBLISHED = Path(__file__).parents[3] / "docs" / "schemas"
SAMPLES = Path(__file__).parent / "samples" / "jsonl"


def test_published_schemas_are_current(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    made = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert {file.name: file.read_text(encoding="utf-8") for file in PUBLISHED.iterdir()} == made


@pytest.mark.parametrize("kind", KINDS)
def test_sample_lines_keep_to_their_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    validator = Draft202012Validator(schema(kind))
    lines = (SAMPLES / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    for line in filter(None, lines):
        validator.validate(json.loads(line))


def test_schema_refuses_an_amount_as_a_number() -> None:
    refund = json.loads((SAMPLES / "refunds.jsonl").read_text(encoding="utf-8"))
    refund["amount"] = {"amount": 80.0, "currency": "EUR"}
    assert not Draft202012Validator(schema("refunds")).is_valid(refund)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described_in_the_guide(kind: str) -> None:
    guide = (PUBLISHED.parent / "import.md").read_text(encoding="utf-8")
    section = guide.partition(f"### {kind}.jsonl")[2].partition("\n### ")[0]
    assert [field for field in KINDS[kind].model_fields if f"`{field}`" not in section] == []
