"""Every command in README and the documents works as it stands there."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from commerce.demo import demo_policy_file

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"```(?:console|bash|sh)\n(.*?)```", re.DOTALL)
PATIENCE_S = 240

LONG = {
    "dragoman eval run dialogues": [
        "dragoman",
        "eval",
        "run",
        "dialogues",
        "--case",
        "greeting",
        "--language",
        "en",
    ],
    "dragoman bench turn": ["dragoman", "bench", "turn", "--turns", "20"],
}
"""Commands of minutes, in a smaller size."""

ELSEWHERE = re.compile(
    r"^(\.venv/bin/uv pip compile|\.venv/bin/python -m nlu\.train|python -m knowledge\.calibrate)"
)
"""Commands of development that change files of the repository: their modules have tests of their own."""


def commands() -> list[str]:
    """Every line of every shell block, once."""
    lines: list[str] = []
    for document in DOCUMENTS:
        for block in FENCE.findall(document.read_text("utf-8")):
            lines += [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
    return list(dict.fromkeys(lines))


@dataclass(frozen=True)
class House:
    """A home with a shop's files in it."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return kept | {"DRAGOMAN_HOME": str(self.folder / ".dragoman"), "PATH": path, "NO_COLOR": "1"} | more

    def run(self, command: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), input=stdin, capture_output=True, text=True,
            timeout=PATIENCE_S, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("shop")
    (folder / ".dragoman").mkdir()
    (folder / ".dragoman" / "policy.yaml").write_text(demo_policy_file().read_text("utf-8"), "utf-8")
    (folder / "policies" / "en").mkdir(parents=True)
    (folder / "policies" / "en" / "returns.md").write_text(
        "---\ntitle: Returns\nversion: '1'\neffective: 2026-01-01\n---\n# Returns\n\nSend it back.\n",
        "utf-8",
    )
    export = folder / "shop-export"
    export.mkdir()
    (export / "customers_export.csv").write_text(
        "Customer ID,First Name,Last Name,Email,Default Address Country Code\n1,Ada,Byron,ada@mail.example,GB\n",
        "utf-8",
    )
    (export / "products_export.csv").write_text(
        "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\nscarf,Scarf,SC-1,20.00,3\n", "utf-8"
    )
    (export / "orders_export.csv").write_text(
        "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Lineitem quantity,"
        "Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,"
        "Shipping Country,Created at,Id\n"
        "#1001,ada@mail.example,paid,fulfilled,GBP,20.00,0.00,0.00,20.00,1,Scarf,20.00,SC-1,Ada Byron,1 High St,"
        "London,E1 6AN,GB,2026-11-01 10:00:00 +0000,9001\n",
        "utf-8",
    )
    return House(folder)


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """`dragoman serve` of the demo shop on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["dragoman", "serve", "--port", str(port)]
    home = str(house.folder / "served")
    with subprocess.Popen(
        command, env=house.environment(DRAGOMAN_DEMO="true", DRAGOMAN_HOME=home)
    ) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/healthz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(url)


def test_documents_have_commands() -> None:
    assert len(commands()) >= 12


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("make ")])
def test_make_knows_its_targets(command: str) -> None:
    shown = subprocess.run(
        [*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.strip()


@pytest.mark.parametrize(
    "command", [c for c in commands() if c.startswith("dragoman ") and c != "dragoman serve"]
)
def test_dragoman_does_what_it_is_told(command: str, house: House) -> None:
    done = house.run(LONG.get(command, shlex.split(command)), stdin="hello\n\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_curl_speaks_the_contract(address: str) -> None:
    given = {"$ID": "", "$TOKEN": ""}
    for command in (c for c in commands() if c.startswith("curl ")):
        for name, value in given.items():
            command = command.replace(name, value)
        done = subprocess.run(
            shlex.split(command.replace("localhost:8080", address)),
            capture_output=True,
            text=True,
            check=True,
        )
        answer = json.loads(done.stdout)
        assert "conversation_id" in answer, answer
        given = {
            "$ID": answer["conversation_id"],
            "$TOKEN": answer.get("conversation_token", given["$TOKEN"]),
        }


def test_every_command_is_run_by_a_test() -> None:
    known = ("make ", "dragoman ", "curl ")
    unknown = [c for c in commands() if not c.startswith(known) and not ELSEWHERE.match(c)]
    assert unknown == []
