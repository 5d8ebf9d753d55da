"""Reads request bodies: JSON in UTF-8, without characters that no text of a person needs."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.problems import Problem, invalid

MAX_TEXT = 8_000
KEPT_CONTROLS = frozenset("\n\t")

Body = TypeVar("Body", bound=BaseModel)


async def read(request: Request, model: type[Body]) -> Body:
    """The body as a model; raises the problems `invalid_json` and `invalid_request`."""
    raw = await request.body()
    try:
        found = json.loads(raw.decode("utf-8")) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise Problem("invalid_json") from None
    if not isinstance(found, dict):
        raise Problem("invalid_json")
    try:
        return model.model_validate(_cleaned(found))
    except ValidationError as error:
        raise invalid(error.errors(include_input=False, include_url=False, include_context=False)) from None


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI description of a body that `read` takes."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": model.model_json_schema()}},
        }
    }


def clean(text: str) -> str:
    """The text without NUL, other control characters and lone surrogates; line ends are `\\n`."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if c in KEPT_CONTROLS or unicodedata.category(c) not in {"Cc", "Cs"})


def spoken_text(text: str) -> str:
    """What a person said; raises `empty_text` and `text_too_long`."""
    text = text.strip()
    if all(unicodedata.category(character)[0] in "ZC" for character in text):
        raise Problem("empty_text")
    if len(text) > MAX_TEXT:
        raise Problem("text_too_long")
    return text


def _cleaned(value: Any) -> Any:
    """Strings cleaned, at any depth; json.loads has refused what is too deep for it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    return value
