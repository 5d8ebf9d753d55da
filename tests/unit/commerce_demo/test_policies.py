"""The shop's pages say what its policy file says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from babel import Locale
from babel.numbers import format_currency
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import html
from pypdf import PdfReader

from commerce.demo import demo_documents_dir, demo_policy_file
from commerce.demo.make_docx import make_docx
from commerce.demo.make_pdfs import make_pdfs
from commerce.shopdata import ShopData
from facts.values import Money
from knowledge.policy import Duties, Policy, load_policy

LANGUAGES = ("en", "de", "zh-Hans", "es", "fr", "ja")
TOPICS = {
    "returns",
    "shipping",
    "payment",
    "orders",
    "warranty-and-care",
    "privacy-and-contact",
    "sizing",
    "gift-cards",
    "lost-or-damaged",
}
DAYS = {
    "en": "{} days",
    "de": "{} Tage",
    "zh-Hans": "{} 天",
    "es": "{} días",
    "fr": "{} jours",
    "ja": "{}日間",
}
WITHIN_DAYS = {
    "en": "within {} days",
    "de": "innerhalb von {} Tagen",
    "zh-Hans": "{} 天内",
    "es": "en un plazo de {} días",
    "fr": "sous {} jours",
    "ja": "{}日以内",
}
MONTHS = {
    "en": "{} months",
    "de": "{} Monate",
    "zh-Hans": "{} 个月",
    "es": "{} meses",
    "fr": "{} mois",
    "ja": "{}か月",
}
WORKING_DAYS = {
    "en": "{}–{} working days",
    "de": "{}–{} Werktage",
    "zh-Hans": "{}–{} 个工作日",
    "es": "{}–{} días laborables",
    "fr": "{}–{} jours ouvrés",
    "ja": "{}〜{}営業日",
}
HANDLING = {
    "en": "{} to {} working days",
    "de": "{} bis {} Werktagen",
    "zh-Hans": "{} 至 {} 个工作日",
    "es": "{} a {} días laborables",
    "fr": "{} à {} jours ouvrés",
    "ja": "{}〜{} 営業日",
}

DUTIES = {
    language: dict(zip((Duties.NONE, Duties.INCLUDED, Duties.CUSTOMER_PAYS), texts, strict=True))
    for language, texts in {
        "en": ("none", "included in the total", "paid by you on import"),
        "de": ("keine", "im Gesamtbetrag enthalten", "von Ihnen bei der Einfuhr zu zahlen"),
        "zh-Hans": ("无", "已含在订单总额中", "进口时由您缴纳"),
        "es": ("ninguno", "incluidos en el total", "los paga usted al importar"),
        "fr": ("aucun", "compris dans le total", "payés par vous à l’importation"),
        "ja": ("なし", "総額に込み", "輸入時にお客様負担"),
    }.items()
}
# Where a shop says it otherwise than CLDR.
NAMES = {
    "en": {"CN": "Mainland China", "HK": "Hong Kong"},
    "de": {"CN": "Festlandchina", "HK": "Hongkong", "US": "USA"},
    "zh-Hans": {"CN": "中国内地", "HK": "中国香港"},
    "es": {"CN": "China continental", "HK": "Hong Kong"},
    "fr": {"CN": "Chine continentale", "HK": "Hong Kong"},
    "ja": {"CN": "中国本土", "HK": "香港", "US": "アメリカ"},
}
PAYMENT = {
    "en": {"bank_transfer": "bank transfer"},
    "de": {"bank_transfer": "Banküberweisung"},
    "zh-Hans": {
        "bank_transfer": "银行转账",
        "alipay": "支付宝",
        "wechat_pay": "微信支付",
        "unionpay": "银联",
    },
    "es": {"bank_transfer": "transferencia bancaria"},
    "fr": {"bank_transfer": "virement bancaire"},
    "ja": {"bank_transfer": "銀行振込"},
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(demo_policy_file())


def page(language: str, topic: str) -> Path:
    return next((demo_documents_dir() / language).glob(f"{topic}.*"))


def words(language: str, topic: str) -> str:
    path = page(language, topic)
    if path.suffix == ".pdf":
        text = "\n".join(sheet.extract_text() for sheet in PdfReader(path).pages)
    elif path.suffix == ".docx":
        text = "\n".join(text_of(block) for block in docx.Document(str(path)).iter_inner_content())
    elif path.suffix == ".html":
        text = html.fromstring(path.read_bytes()).text_content()
    else:
        text = path.read_text("utf-8")
    return " ".join(text.split())


def text_of(block: Paragraph | Table) -> str:
    """The words of a paragraph, or of a table row by row."""
    if isinstance(block, Paragraph):
        return block.text
    return "\n".join(cell.text for row in block.rows for cell in row.cells)


def told(amount: Money, language: str) -> str:
    """The amount as a reader of the language writes it, spaces aside."""
    return _close(format_currency(amount.amount, amount.currency, locale=language.replace("-", "_")))


def _cells(row: Any) -> list[str]:
    return [_close(cell.text_content()) for cell in row]


def _close(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_served_country_that_we_have_customers_in_has_a_zone(policy: Policy, shop: ShopData) -> None:
    assert all(policy.shipping.zone_for(customer.country) for customer in shop.customers)
    assert policy.shipping.zone_for("TR") is None
    served = [country for zone in policy.shipping.zones for country in zone.countries]
    assert len(served) == len(set(served))


def test_orders_are_paid_in_the_currency_of_their_zone_and_fee(policy: Policy, shop: ShopData) -> None:
    for order in shop.orders:
        country = order.shipping_address.country
        zone = policy.shipping.zone_for(country)
        assert zone is not None
        assert order.total.currency == zone.cost.currency
        assert policy.returns.fee.for_country(country).currency == order.total.currency
        free = zone.free_from is not None and order.subtotal.minor >= zone.free_from.minor
        assert order.shipping.minor == (0 if free else zone.cost.minor)


def test_every_fee_is_in_the_currency_of_its_country(policy: Policy) -> None:
    for zone in policy.shipping.zones:
        for country in zone.countries:
            assert policy.returns.fee.for_country(country).currency == zone.cost.currency


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_each_topic(language: str) -> None:
    assert {path.stem for path in (demo_documents_dir() / language).iterdir()} == TOPICS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_page_names_its_title_version_and_date(policy: Policy, language: str, topic: str) -> None:
    title, version, effective = _about(page(language, topic))
    assert title
    assert version == policy.version
    assert effective == policy.effective.isoformat()


@pytest.mark.parametrize("language", LANGUAGES)
def test_return_windows_and_terms_are_those_of_the_policy(policy: Policy, language: str) -> None:
    text = words(language, "returns")
    terms = policy.returns
    for days in {terms.window_days, *terms.window_days_by_country.values()}:
        assert DAYS[language].format(days) in text
    assert WITHIN_DAYS[language].format(terms.send_by_days) in text
    assert WITHIN_DAYS[language].format(terms.refund_within_days) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_return_labels_has_every_fee_and_no_other(policy: Policy, language: str) -> None:
    rows = re.findall(r"^\|[^|]+\|([^|]+)\|$", page(language, "returns").read_text("utf-8"), re.M)[2:]
    fees = [policy.returns.fee.default, *policy.returns.fee.by_country.values()]
    assert {_close(row) for row in rows} == {told(fee, language) for fee in fees}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipping_table_tells_each_country_what_the_policy_says(policy: Policy, language: str) -> None:
    tree = html.fromstring(page(language, "shipping").read_bytes())
    rows = {cells[0]: cells[1:] for cells in (_cells(row) for row in tree.iterfind(".//tbody/tr"))}
    assert len(rows) == len(policy.shipping.zones)
    for zone in policy.shipping.zones:
        assert zone.free_from is not None
        expected = [
            _close(WORKING_DAYS[language].format(zone.transit.low, zone.transit.high)),
            told(zone.cost, language),
            told(zone.free_from, language),
            _close(DUTIES[language][zone.duties]),
        ]
        for country in zone.countries:
            name = NAMES[language].get(country) or Locale.parse(language, sep="-").territories[country]
            row = next(
                cells for countries, cells in rows.items() if _close(name) in re.split("[,、]", countries)
            )
            assert row == expected, country


@pytest.mark.parametrize("language", LANGUAGES)
def test_warranty_handling_hours_and_refund_of_a_cancellation_are_told_right(
    policy: Policy, language: str
) -> None:
    warranty = words(language, "warranty-and-care")
    for months in {policy.warranty.months, *policy.warranty.months_by_country.values()}:
        assert MONTHS[language].format(months) in warranty
    contact = words(language, "privacy-and-contact")
    for hours in {(h.opens, h.closes) for h in policy.staff.hours.values()}:
        for moment in hours:
            assert f"{moment:%-H:%M}" in contact
    assert f"{policy.staff.first_reply_minutes} " in contact
    assert policy.shop.email in contact
    assert policy.shop.legal_name in contact
    assert policy.shop.address.postcode in contact
    cancelled = words(language, "orders")
    assert WITHIN_DAYS[language].format(policy.cancellation.refund_within_days) in cancelled
    handling = policy.shipping.handling
    assert HANDLING[language].format(handling.low, handling.high) in words(language, "shipping")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_payment_method_is_named(policy: Policy, language: str) -> None:
    names = PAYMENT[language]
    brands = {"amex": "American Express"}
    text = words(language, "payment").lower()
    for method in policy.payment.methods:
        name = names.get(method) or brands.get(method) or method.replace("_", " ")
        assert name.lower() in text, name


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_pdf_is_read_back_in_the_order_of_its_source(language: str) -> None:
    source = demo_policy_file().parent / "sources" / language / "warranty-and-care.md"
    body = source.read_text("utf-8").split("---\n", 2)[2]
    expected = re.sub(r"^(#+|-) ", "", body, flags=re.M)
    assert words(language, "warranty-and-care").replace("• ", "") == " ".join(expected.split())


def test_the_pdfs_are_those_that_the_sources_make(tmp_path: Path) -> None:
    made = make_pdfs(tmp_path)
    assert len(made) == 2
    for path in made:
        kept = page(path.parent.name, path.stem)
        assert PdfReader(kept).metadata == PdfReader(path).metadata
        assert [p.extract_text() for p in PdfReader(kept).pages] == [
            p.extract_text() for p in PdfReader(path).pages
        ]


def test_the_docx_pages_are_those_that_the_sources_make(tmp_path: Path) -> None:
    made = make_docx(tmp_path)
    assert {path.parent.name for path in made} == {"en", "es", "fr", "ja"}
    for path in made:
        kept, new = docx.Document(str(page(path.parent.name, path.stem))), docx.Document(str(path))
        assert [text_of(b) for b in kept.iter_inner_content()] == [
            text_of(b) for b in new.iter_inner_content()
        ]
        assert _about(page(path.parent.name, path.stem)) == _about(path)


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_the_sections_of_all_languages_run_in_parallel(language: str, topic: str) -> None:
    assert sections(page(language, topic)) == sections(page("en", topic)) > 3


def sections(path: Path) -> int:
    """How many questions a page answers."""
    if path.suffix == ".pdf":
        path = demo_policy_file().parent / "sources" / path.parent.name / f"{path.stem}.md"
    if path.suffix == ".docx":
        blocks = docx.Document(str(path)).paragraphs
        return sum(block.style is not None and block.style.name == "Heading 2" for block in blocks)
    if path.suffix == ".html":
        return len(html.fromstring(path.read_bytes()).findall(".//h2"))
    return len(re.findall(r"^## ", path.read_text("utf-8"), re.M))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_size_tables_are_those_of_the_charts(shop: ShopData, language: str) -> None:
    text = words(language, "sizing")
    for product_id in ("coastline-women", "elin-coat"):
        chart = next(product.size_chart for product in shop.products if product.id == product_id)
        assert chart is not None
        for row in chart.rows.values():
            for low, high in row.values():
                number = (
                    f"{low:.1f}–{high:.1f}" if product_id == "coastline-women" else f"{low:.0f}–{high:.0f}"
                )
                assert (number.replace(".", ",") if language in ("de", "es", "fr") else number) in text


def _about(path: Path) -> tuple[str, str, str]:
    if path.suffix == ".pdf":
        info = PdfReader(path).metadata
        assert info is not None
        fields = dict(re.findall(r"(\w+)=([^;]+)", info.keywords or ""))
        return info.title or "", fields["version"], fields["effective"]
    if path.suffix == ".docx":
        about = docx.Document(str(path)).core_properties
        fields = dict(re.findall(r"(\w+)=([^;]+)", about.keywords))
        return about.title, fields["version"], fields["effective"]
    if path.suffix == ".html":
        tree = html.fromstring(path.read_bytes())
        meta = {tag.get("name"): tag.get("content") for tag in tree.iterfind(".//meta")}
        return tree.findtext(".//title") or "", meta["dragoman:version"], meta["dragoman:effective"]
    front = yaml.safe_load(path.read_text("utf-8").split("---\n", 2)[1])
    return front["title"], front["version"], front["effective"].isoformat()
