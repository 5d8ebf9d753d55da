"""Which number or proof customs of a country ask the recipient of a parcel for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from facts.yaml_text import read_values


class CustomsProof(StrEnum):
    CPF = "cpf"
    PCCC = "pccc"
    NATIONAL_ID = "national_id"
    KYC = "kyc"
    RFC_OR_CURP = "rfc_or_curp"


@dataclass(frozen=True, slots=True)
class CustomsRule:
    """`proofs` in the order in which they are usually asked for; `source` names who says so, `since` when it began."""

    proofs: tuple[CustomsProof, ...]
    source: str
    since: date | None


@cache
def customs_rules() -> Mapping[str, CustomsRule]:
    """ISO country → rule; a country that is missing has no rule that we are sure of."""
    rows = read_values((files(__package__) / "customs.yaml").read_text("utf-8"))
    return {
        country: CustomsRule(
            tuple(CustomsProof(each) for each in row["proofs"]), row["source"], row.get("since")
        )
        for country, row in rows.items()
    }
