"""Flat drawings of the demo shop's products, made from data: one SVG for each product and colour.

A drawing in `data/drawings/` is a list of strokes `paint shape`. The paint is a tone of the product's colour (`main`,
`dark`, `light`), a fixed one, or a paint with a line's width (`dark/5`). The shape is a path (`M…`), a disc
(`@x,y,r` or `@x,y,rx,ry`) or a box (`#x,y,width,height,radius`); `=name` puts another drawing there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.sax.saxutils import quoteattr

from commerce.demo.files import read_data, read_entries, read_table

SIZE = 400


def picture_path(product_id: str, colour: str) -> str:
    """Where the demo serves the picture."""
    return f"/demo/pictures/{picture_name(product_id, colour)}.svg"


def picture_name(product_id: str, colour: str) -> str:
    return f"{product_id}-{colour}" if colour else product_id


def picture(name: str) -> str | None:
    """The SVG document of this name; None where no product has it."""
    subject = _subjects().get(name)
    return _drawn(*subject) if subject else None


@cache
def _subjects() -> dict[str, tuple[str, str, str]]:
    """Picture name → drawing, colour and title."""
    return {
        picture_name(entry["id"], colour): (
            entry["picture"],
            colour,
            f"{entry['title']['en']} {colour}".strip(),
        )
        for entry in read_entries("products")
        for colour in entry.get("colours", [""])
    }


@cache
def _palette() -> dict[str, Any]:
    palette: dict[str, Any] = read_data("palette")
    return palette


@cache
def _drawings() -> dict[str, list[str]]:
    return read_table("drawings")


@cache
def _drawn(drawing: str, colour: str, title: str) -> str:
    paints = _palette()["fixed"] | _tones(colour)
    shapes = "".join(_element(stroke, paints) for stroke in ("ground #0,0,400,400,0", *_strokes(drawing)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}"'
        f' role="img" aria-label={quoteattr(title)}>{shapes}</svg>'
    )


def _tones(colour: str) -> dict[str, str]:
    main, dark, light = _palette()["colours"][colour or "none"]
    return {"main": main, "dark": dark, "light": light}


def _strokes(drawing: str) -> Iterator[str]:
    for stroke in _drawings()[drawing]:
        if stroke.startswith("="):
            yield from _strokes(stroke[1:])
        else:
            yield stroke


def _element(stroke: str, paints: dict[str, str]) -> str:
    paint, _, shape = stroke.partition(" ")
    name, _, width = paint.partition("/")
    ink = (
        f'fill="none" stroke="{paints[name]}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"'
        if width
        else f'fill="{paints[name]}"'
    )
    return f"<{_shape(shape)} {ink}/>"


def _shape(shape: str) -> str:
    if shape.startswith("@"):
        x, y, *radii = shape[1:].split(",")
        return f'ellipse cx="{x}" cy="{y}" rx="{radii[0]}" ry="{radii[-1]}"'
    if shape.startswith("#"):
        x, y, width, height, radius = shape[1:].split(",")
        return f'rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
    return f"path d={quoteattr(shape)}"
