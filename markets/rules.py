"""Reads the rules of countries and channels: the shipped files, and those of the shop in front of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from facts.yaml_text import read_values
from markets.channel import ChannelRules
from markets.exchange import ExchangeRates
from markets.models import MarketRules

BUILT_IN = Path(__file__).parent
Layer = tuple[Path, dict[str, Any]]
"""A file and what it says."""
Model = TypeVar("Model", bound=BaseModel)


class MarketsError(Exception):
    """A file of rules does not say what it must; the message names the file, the key and the reason."""

    def __init__(self, file: Path, key: str, reason: str) -> None:
        shown = file.relative_to(BUILT_IN.parent) if file.is_relative_to(BUILT_IN.parent) else file
        super().__init__(f"{shown}: {key}: {reason}" if key else f"{shown}: {reason}")
        self.file, self.key, self.reason = file, key, reason


def rules_of(country: str, own: Path | None = None) -> MarketRules | None:
    """The rules of an ISO country; None for a country outside the list, where the shop's policy holds."""
    return market_rules(own).get(country)


@cache
def market_rules(own: Path | None = None) -> Mapping[str, MarketRules]:
    """ISO country → its rules. `own` is the shop's folder, whose keys win; raises MarketsError."""
    folders = _folders(own)
    regions = _files(folders, "regions")
    return {
        country: _validated(MarketRules, _merged(country, layers), layers)
        for country, own_layers in _files(folders, "countries").items()
        for layers in [[*_region(own_layers, regions), *own_layers]]
    }


@cache
def channel_rules(own: Path | None = None) -> Mapping[str, ChannelRules]:
    """Channel → its rules, from `channels/NAME.yaml`. `own` is the shop's folder, whose keys win; raises MarketsError."""
    found: dict[str, ChannelRules] = {}
    names: dict[str, str] = {}
    for name, layers in _files(_folders(own), "channels").items():
        whole: dict[str, Any] = {"channel": name}
        for _, written in layers:
            whole |= written
        found[name] = rules = _validated(ChannelRules, whole, layers)
        for called in (rules.channel, *rules.also_called):
            if names.setdefault(called, name) != name:
                raise MarketsError(layers[-1][0], "also_called", f"{called} is {names[called]} already")
    return found


@cache
def exchange_rates(own: Path | None = None) -> ExchangeRates | None:
    """The shop's rates of exchange, `rates.yaml` in its folder; None where it has none. Raises MarketsError."""
    file = own / "rates.yaml" if own else None
    if file is None or not file.exists():
        return None
    written = _read(file)
    return _validated(ExchangeRates, written, [(file, written)])


def _folders(own: Path | None) -> list[Path]:
    if own and not own.is_dir():
        raise MarketsError(own, "", "is no folder")
    return [BUILT_IN, *([own] if own else [])]


def _files(folders: list[Path], kind: str) -> dict[str, list[Layer]]:
    """Name → what the folders say of it, the shop's last."""
    found: dict[str, list[Layer]] = {}
    for folder in folders:
        for file in sorted((folder / kind).glob("*.yaml")):
            found.setdefault(file.stem, []).append((file, _read(file)))
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        written = read_values(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MarketsError(file, "", " ".join(str(error).split())) from error
    if not isinstance(written, dict):
        raise MarketsError(file, "", "is no mapping of keys to rules")
    return written


def _region(own: list[Layer], regions: dict[str, list[Layer]]) -> list[Layer]:
    named = [(file, written["region"]) for file, written in own if "region" in written]
    if not named:
        return []
    file, region = named[-1]
    if region not in regions:
        raise MarketsError(file, "region", f"there is no region {region}")
    return regions[region]


def _merged(country: str, layers: list[Layer]) -> dict[str, Any]:
    """Whole rules replace each other; of `imports`, one by one."""
    whole: dict[str, Any] = {"country": country}
    for _, written in layers:
        below, above = whole.get("imports"), written.get("imports")
        whole |= written
        if isinstance(below, dict) and isinstance(above, dict):
            whole["imports"] = below | above
    return whole


def _validated(model: type[Model], whole: Any, layers: list[Layer], under: str = "") -> Model:
    try:
        return model.model_validate(whole)
    except ValidationError as error:
        first = error.errors()[0]
    keys = tuple(_written_keys(first["loc"], whole))
    depth = 2 if keys[:1] == ("imports",) else 1
    says = [file for file, written in layers if _has(written, keys[:depth])]
    key = ".".join(str(part) for part in ([under] if under else []) + list(keys))
    raise MarketsError(says[-1] if says else layers[-1][0], key, first["msg"].removeprefix("Value error, "))


def _written_keys(location: tuple[str | int, ...], written: Any) -> Iterator[str | int]:
    """A location as it stands in the file: a single rule is no list there, though the model makes one of it."""
    for key in location:
        if isinstance(key, int) and not isinstance(written, list):
            continue
        yield key
        if isinstance(written, dict):
            written = written.get(str(key))
        elif isinstance(written, list) and isinstance(key, int):
            written = written[key]


def _has(written: Any, keys: tuple[str | int, ...]) -> bool:
    for key in keys:
        if not isinstance(written, dict) or key not in written:
            return False
        written = written[key]
    return True
