"""The lock installs the same everywhere and tells nothing of where it was made."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def test_no_download_address_is_recorded() -> None:
    assert not re.search(r"https?://|git\+|--index-url|--find-links|file:", LOCK)


def test_every_package_is_pinned_with_hashes() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert len(entries) > 100
    for entry in entries:
        assert re.match(r"[\w.\-\[\]]+==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_torch_is_not_installed_by_default() -> None:
    assert not re.search(r"^torch==", LOCK, re.MULTILINE)
