"""Which sizes of a chart measurements fall into. Lengths are centimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commerce.models import SizeChart


@dataclass(frozen=True, slots=True)
class Fit:
    """The sizes that one measurement allows: one, two that meet around it, or none (`beyond` says where it lies)."""

    measure: str
    sizes: tuple[str, ...]
    beyond: str = ""


def deciding(chart: SizeChart) -> tuple[str, ...]:
    """The measures that sizes are chosen by: a fixed length of the garment, with no range, decides nothing."""
    return tuple(
        measure
        for measure in chart.measures
        if any(low < high for low, high in (row[measure] for row in chart.rows.values() if measure in row))
    )


def covered(chart: SizeChart, measure: str) -> tuple[str, str, float, float] | None:
    """The smallest and the largest size, and the lengths that the chart spans for a measure."""
    rows = [(size, *row[measure]) for size, row in chart.rows.items() if measure in row]
    if not rows:
        return None
    return rows[0][0], rows[-1][0], min(low for _, low, _ in rows), max(high for _, _, high in rows)


def fit(chart: SizeChart, measure: str, length: float) -> Fit:
    """The sizes for one length; between two rows it is both, the smaller first."""
    rows = [(size, *row[measure]) for size, row in chart.rows.items() if measure in row]
    inside = tuple(size for size, low, high in rows if low <= length <= high)
    if inside:
        return Fit(measure, inside)
    smaller = [size for size, _, high in rows if high < length]
    larger = [size for size, low, _ in rows if low > length]
    if not smaller:
        return Fit(measure, (), "below")
    if not larger:
        return Fit(measure, (), "above")
    return Fit(measure, (smaller[-1], larger[0]))


def fits(chart: SizeChart, lengths: Mapping[str, float]) -> list[Fit]:
    """One fit for each measure that the chart knows."""
    return [fit(chart, measure, lengths[measure]) for measure in deciding(chart) if measure in lengths]


def together(chart: SizeChart, found: list[Fit]) -> tuple[str, ...]:
    """The sizes that all measurements allow; else from the smallest to the largest that any of them needs."""
    common = set(found[0].sizes).intersection(*(set(each.sizes) for each in found))
    order = list(chart.rows)
    needed = common or {size for each in found for size in each.sizes}
    return tuple(size for size in order if size in needed)
