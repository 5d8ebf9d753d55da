"""The JSON Schema of each JSON Lines file, from the models that read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commerce.importing.jsonl import KINDS

AMOUNT: dict[str, Any] = {
    "title": "Amount",
    "description": "Decimal digits as text, with no more decimals than the currency has.",
    "type": "object",
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
}


def schema(kind: str) -> dict[str, Any]:
    """The schema of one line of `<kind>.jsonl`; money is in minor units or a decimal amount."""
    made = KINDS[kind].model_json_schema()
    definitions = made.get("$defs", {})
    if "Money" in definitions:
        definitions["Money"] = {"oneOf": [definitions["Money"], AMOUNT]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def write_schemas(folder: Path) -> None:
    """Write `<kind>.schema.json` for every kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        text = json.dumps(schema(kind), indent=2, ensure_ascii=False)
        (folder / f"{kind}.schema.json").write_text(f"{text}\n", encoding="utf-8")
