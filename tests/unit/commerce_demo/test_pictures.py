"""Every product has a picture in each of its colours, drawn by the shop itself and harmless."""

from __future__ import annotations

import pytest
from lxml import etree

from commerce.demo.pictures import picture
from commerce.shopdata import ShopData

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {SVG + name for name in ("path", "rect", "ellipse")}


def name_of(path: str) -> str:
    return path.removeprefix("/demo/pictures/").removesuffix(".svg")


def test_every_colour_of_every_product_has_its_picture(shop: ShopData) -> None:
    for product in shop.products:
        colours = dict.fromkeys(variant.options.get("colour", "") for variant in product.variants)
        expected = [f"/demo/pictures/{product.id}{'-' + c if c else ''}.svg" for c in colours]
        assert list(product.images) == expected
    paths = [path for product in shop.products for path in product.images]
    assert len(set(paths)) == len(paths) >= 150


def test_a_picture_is_plain_drawing_without_script_style_or_link(shop: ShopData) -> None:
    for path in (path for product in shop.products for path in product.images):
        drawn = picture(name_of(path))
        assert drawn is not None, path
        root = etree.fromstring(drawn.encode(), etree.XMLParser(resolve_entities=False))
        assert root.tag == SVG + "svg"
        assert len(root) >= 5
        assert {child.tag for child in root} <= SHAPES
        for child in root:
            assert len(child) == 0
            assert not {
                name for name in child.attrib if name.startswith("on") or "href" in name or name == "style"
            }
        assert len(drawn) < 8_000


def test_two_colours_of_a_product_do_not_look_alike(shop: ShopData) -> None:
    drawings = [picture(name_of(path)) for product in shop.products for path in product.images]
    assert len(set(drawings)) == len(drawings)


@pytest.mark.parametrize(
    "name", ["", "nothing", "coastline-women", "coastline-women-gold", "../../etc/passwd"]
)
def test_what_nobody_sells_has_no_picture(name: str) -> None:
    assert picture(name) is None
