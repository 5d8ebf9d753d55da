"""What a document may say about itself."""

import pytest
from pydantic import ValidationError

from knowledge.documents import About, language_tag


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("zh", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hans", "zh-Hans"),
    ],
)
def test_a_language_is_kept_without_its_country(name: str, tag: str) -> None:
    assert language_tag(name) == tag


@pytest.mark.parametrize("name", ["", "policies", "xx", "../de", "de\0"])
def test_what_is_no_language_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a language"):
        language_tag(name)


@pytest.mark.parametrize(
    "about",
    [
        {"effective": "soon"},
        {"market": "Germany"},
        {"url": "javascript:alert(1)"},
        {"language": "klingonisch"},
        {"effective": "2026-02-01", "expires": "2026-01-01"},
    ],
)
def test_metadata_that_cannot_be_meant_is_refused(about: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        About.model_validate(about)
