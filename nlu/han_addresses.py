"""Chinese and Japanese addresses, which go from the large to the small without commas."""

from __future__ import annotations

import re
from collections.abc import Callable

_POSTCODE = {
    "CN": r"(?<!\d)\d{6}(?!\d)",
    "JP": r"(?<!\d)\d{3}-?\d{4}(?!\d)",
    "TW": r"(?<![\d之])\d{3}(?:\d{2,3})?(?!\d|\s?[號巷弄段樓之室])",
}
_TOWNS_ALONE = ("TW", "HK", "MO")
"""Where an address names a town and no province."""
_PROVINCE = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆"
)
_LONG_CITY = (
    "石家庄|张家口|秦皇岛|呼和浩特|鄂尔多斯|乌鲁木齐|克拉玛依|哈尔滨|齐齐哈尔|牡丹江|佳木斯|连云港|马鞍山|景德镇|平顶山|"
    "三门峡|驻马店|张家界|防城港|攀枝花|六盘水|嘉峪关"
)
_SHORT_FORM = re.compile(
    rf"(?P<region>(?:{_PROVINCE})省?)\s*(?P<city>{_LONG_CITY}|[\u4e00-\u9fff]{{2}})(?P<end>市)?\s*"
    r"(?=[\u4e00-\u9fff]{1,6}?(?:区|县|旗|市))"
)
"""People leave the words for province and city out: 湖北武汉江汉区."""
_CN = re.compile(
    r"(?P<region>[\u4e00-\u9fff]{2,7}?(?:省|自治区|特别行政区))?\s*"
    r"(?P<city>[\u4e00-\u9fff]{2,7}?(?:市|自治州))?\s*"
    r"(?P<district>[\u4e00-\u9fff]{1,7}?(?:区|县|旗))?\s*"
    r"(?P<line>[\u4e00-\u9fff0-9a-zA-Z·\s#-]*?(?:路|街|道|巷|弄|胡同|村|里|镇|园|苑|号)"
    r"[\u4e00-\u9fff0-9a-zA-Z#\s-]*\d[\u4e00-\u9fff0-9a-zA-Z-]{0,6})"
)
_TOWN = (
    r"(?:[台臺][北中南東]|新北|桃園|高雄|基隆|新竹|苗栗|彰化|南投|雲林|嘉義|屏東|宜蘭|花蓮|澎湖|金門|連江)[市縣]|"
    r"香港|九龍|新界|澳門"
)
"""The counties of Taiwan, and what stands for a town in Hong Kong and Macau."""
_TRADITIONAL = re.compile(
    rf"(?P<city>{_TOWN})?\s*"
    r"(?P<line>[\u4e00-\u9fff0-9a-zA-Z·\s#-]*?(?:路|街|道|巷|弄|段|里|村|鄉|邨|徑|苑|號)"
    r"[\u4e00-\u9fff0-9a-zA-Z#\s-]*\d[\u4e00-\u9fff0-9a-zA-Z-]{0,6})"
)
_JP = re.compile(
    r"(?P<region>東京都|北海道|(?:京都|大阪)府|[\u4e00-\u9fff]{2,3}県)?\s*"
    r"(?P<city>[^\d\s、。都道府県]{1,8}?(?:市|区|郡|町|村)(?:[^\d\s、。]{1,5}?(?:区|町|村)(?=[^\d\s]))?)?\s*"
    r"(?P<line>[^\d\s、。]{1,14}\d[\d丁目番地号ー−―‐-]*(?:\s*の\s*\d+)?(?:\s+\S+(?:\s*\d+\s*号室|\s*\d+)?)?)"
)

Trim = Callable[[str], str]


def read_han(text: str, country: str, until_end: Trim, after_label: Trim) -> dict[str, str] | None:
    """The parts by name; None where there is no address with a number in it."""
    postcode = ""
    if country in _POSTCODE and (found := list(re.finditer(_POSTCODE[country], text))):
        postcode = found[-1][0]
        text = f"{text[: found[-1].start()]}\n{text[found[-1].end() :]}".replace("〒", "")
    told = {"postcode": postcode} if postcode else {}
    for part in re.split(r"[\n,，、。;；:：!?！？]+", text):
        # "not A but B" names B last.
        line = _best(until_end(after_label(part)), country)
        if line:
            return {**told, **line}
    return told or None


def _best(text: str, country: str) -> dict[str, str] | None:
    if country in _TOWNS_ALONE:
        return _of_town(text)
    if country != "JP":
        text = _spelt_out(text)
    found = (_JP if country == "JP" else _CN).search(text)
    if found is None:
        return None
    parts = {name: (value or "").strip() for name, value in found.groupdict().items()}
    line = parts.pop("line")
    if country == "JP":
        return _filled(line1=" ".join(line.split()), city=parts["city"], region=parts["region"])
    # A municipality is a province of its own: 上海市浦东新区.
    region = f"{parts['region']}{parts['district']}" if parts["region"] else ""
    region = region or f"{parts['city']}{parts['district']}" if parts["district"] else region
    return _filled(line1=line, city=parts["city"].removesuffix("市"), region=region)


def _of_town(text: str) -> dict[str, str] | None:
    town = re.search(_TOWN, text)
    found = _TRADITIONAL.search(text, town.start() if town else 0)
    return _filled(line1=found["line"].strip(), city=found["city"] or "") if found else None


def _spelt_out(text: str) -> str:
    """From the province on, with the words that tell province and city apart."""
    found = _SHORT_FORM.search(text)
    if found is None:
        named = re.search(rf"(?:{_PROVINCE})[\u4e00-\u9fff]{{0,5}}?(?:省|市|自治区)", text)
        return text[named.start() :] if named else text
    province = found["region"].removesuffix("省")
    if province in ("北京", "天津", "上海", "重庆"):
        return text[found.start() :]
    kind = "自治区" if province in ("内蒙古", "广西", "西藏", "宁夏", "新疆") else "省"
    return f"{province}{kind}{found['city']}市{text[found.end() :]}"


def _filled(**parts: str) -> dict[str, str]:
    return {name: value for name, value in parts.items() if value}
