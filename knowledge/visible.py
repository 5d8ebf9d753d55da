"""What a reader of a page can see: scripts, styles, hidden elements and page furniture are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

# Text that a page does not show must not become an answer: it is where injected instructions are kept.
UNSEEN_TAGS = frozenset(
    (
        *(
            "script",
            "style",
            "template",
            "noscript",
            "head",
            "iframe",
            "object",
            "embed",
            "svg",
            "canvas",
            "audio",
        ),
        *(
            "video",
            "form",
            "input",
            "button",
            "select",
            "textarea",
            "datalist",
            "dialog",
            "nav",
            "footer",
            "aside",
        ),
    )
)
UNSEEN_STYLE = re.compile(
    r"display:none|visibility:(hidden|collapse)|opacity:0(\.0+)?(;|!|$)|font-size:0(px|pt|r?em|%)?(;|!|$)|"
    r"clip:rect\(0|clip-path:inset\((50|100)%|(left|top|right|text-indent|margin-left):-\d{3,}|"
    r"(^|;)(width|height|max-height):[01](px)?(;|!|$)|(^|;)color:transparent"
)
UNSEEN_CLASSES = frozenset(("sr-only", "visually-hidden", "screen-reader-text", "hidden"))
STYLE_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
SIMPLE_SELECTOR = re.compile(r"^[a-z0-9]*(?:([.#])([\w-]+))$", re.IGNORECASE)


def parse_html(data: bytes | str) -> html.HtmlElement:
    """The tree of a page, without comments; nothing is fetched. Raises ValueError where there is no markup."""
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        return html.document_fromstring(data, parser=parser)
    except Exception as error:
        raise ValueError("holds no HTML") from error


def prune(tree: html.HtmlElement) -> None:
    """Remove, in place, all that a reader does not see."""
    classes, ids = _hidden_names(tree)
    for element in list(tree.iter()):
        if element.getparent() is not None and _unseen(element, classes, ids):
            element.drop_tree()


def _unseen(element: html.HtmlElement, classes: set[str], ids: set[str]) -> bool:
    if not isinstance(element.tag, str) or element.tag in UNSEEN_TAGS:
        return True
    names = element.get("class", "").split()
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden", "").lower() == "true"
        or UNSEEN_STYLE.search(_squeezed(element.get("style", ""))) is not None
        or not UNSEEN_CLASSES.isdisjoint(names)
        or not classes.isdisjoint(names)
        or element.get("id") in ids
    )


def _squeezed(style: str) -> str:
    return re.sub(r"\s+", "", style.lower())


def _hidden_names(tree: html.HtmlElement) -> tuple[set[str], set[str]]:
    """The classes and ids that the page's own style sheet hides; only simple selectors (`.note`, `p#x`) are read."""
    classes: set[str] = set()
    ids: set[str] = set()
    for kind, name in _hidden_selectors(tree):
        (classes if kind == "." else ids).add(name)
    return classes, ids


def _hidden_selectors(tree: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for style in tree.iter("style"):
        # Rules inside @media start after an inner brace, so print-only hiding is not read as hiding.
        sheet = re.sub(
            r"/\*.*?\*/|@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style.text or "", flags=re.DOTALL
        )
        for selectors, body in STYLE_RULE.findall(sheet):
            if UNSEEN_STYLE.search(_squeezed(body)):
                for selector in selectors.split(","):
                    if match := SIMPLE_SELECTOR.match(selector.strip()):
                        yield match.group(1), match.group(2)
