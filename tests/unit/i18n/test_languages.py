"""Language folders: overlays, inheritance, and errors that name the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from babel import Locale as BabelLocale

from i18n.languages import BUILT_IN, LanguageError, load_languages, match_language

PLAIN = {"name": "Dansk", "english_name": "Danish", "locale": "da_DK", "country": "DK", "formality": "du"}


def language(folder: Path, code: str, text: str) -> Path:
    (folder / code).mkdir(exist_ok=True)
    (folder / code / "language.yaml").write_text(text, "utf-8")
    return folder


def plain(**more: str) -> str:
    return "".join(f"{key}: {value}\n" for key, value in {**PLAIN, "detect": "[da]", **more}.items())


def test_the_shipped_languages_agree_with_cldr_on_direction() -> None:
    for pack in load_languages().values():
        assert BabelLocale.parse(pack.locale).text_direction == pack.direction
        assert BabelLocale.parse(pack.locale).territory == pack.country


def test_a_later_directory_rewords_one_message_and_keeps_the_rest(
    write_languages: Callable[..., Path],
) -> None:
    shop = write_languages(
        {"de": {"terms": {"term.colour.teal": "Türkisgrün"}, "messages": {"shop.own": "Servus"}}}
    )
    usual, reworded = load_languages()["de"], load_languages([BUILT_IN, shop])["de"]
    assert reworded.terms == {**usual.terms, "term.colour.teal": "Türkisgrün"}
    assert reworded.messages == {**usual.messages, "shop.own": "Servus"}
    assert reworded.folders == (BUILT_IN / "de", shop / "de")


def test_a_regional_form_inherits_what_it_leaves_out(
    tmp_path: Path, write_languages: Callable[..., Path]
) -> None:
    folder = write_languages(
        {"da": {"messages": {"a.b": "hej", "a.c": "tak"}}, "da-GL": {"messages": {"a.c": "qujan"}}}
    )
    language(language(folder, "da", plain()), "da-GL", plain(fallback="da"))
    assert load_languages([tmp_path])["da-GL"].messages == {"a.b": "hej", "a.c": "qujan"}


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    language(tmp_path, "da", plain(country="DK"))
    (tmp_path / "da" / "messages.yaml").write_text(
        "a.answer: no\na.number: 010\na.when: 2026-01-01\n", "utf-8"
    )
    assert load_languages([tmp_path])["da"].messages == {
        "a.answer": "no",
        "a.number": "010",
        "a.when": "2026-01-01",
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (plain(colour="red"), "da: colour: "),
        (plain(direction="up"), "da: direction: "),
        (plain(locale="xx_XX"), "da/language.yaml: locale: "),
        (plain(fallback="qq"), "da/language.yaml: fallback: qq"),
        (plain(fallback="da"), "da/language.yaml: fallback: da"),
        (plain() + "name: twice\n", "da/language.yaml: name stands twice"),
        ("[a, b]", "da/language.yaml: a mapping is expected"),
        ("name: [", "da/language.yaml: "),
        ("", "da: name: "),
    ],
)
def test_an_unsound_folder_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(LanguageError) as error:
        load_languages([language(tmp_path, "da", text)])
    assert str(error.value).startswith(complaint)


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("de", "de"),
        ("DE_at", "de"),
        ("de-Latn-CH", "de"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("en-x-shop", "en"),
        ("pt-BR", None),
        ("", None),
        ("not a tag", None),
    ],
)
def test_tags_match_the_nearest_language(tag: str, found: str | None) -> None:
    assert match_language(tag, ["de", "en", "zh-Hans", "zh-Hant"]) == found
