"""The process that parses documents: reads a path a line, answers a JSON line; limited in memory, holds no secrets."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import TextIO

from knowledge.documents import UnreadableDocument
from knowledge.partition import prepare, read_document

FORBIDDEN = frozenset(
    (
        "socket.connect",
        "socket.getaddrinfo",
        "socket.sendto",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
    )
)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    """Parsing needs neither a network nor another program; a document that reaches for one is refused."""
    if event in FORBIDDEN:
        raise PermissionError(event)


def _limit_memory(extra_bytes: int) -> None:
    """Allow so much address space beyond what the imported libraries already take."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return
    limit = pages * resource.getpagesize() + extra_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _answer(path: Path) -> str:
    try:
        return json.dumps({"document": read_document(path).model_dump(mode="json")})
    except UnreadableDocument as error:
        return json.dumps({"refused": str(error)})
    except MemoryError:
        return json.dumps({"refused": "needs too much memory", "spent": True})
    except RecursionError:
        return json.dumps({"refused": "is nested too deeply", "spent": True})
    except Exception as error:
        return json.dumps({"refused": f"cannot be parsed ({type(error).__name__})"})


def serve(requests: TextIO, answers: TextIO, extra_bytes: int) -> None:
    prepare()
    # The parsers are imported before the limit is measured, so that it is about the document alone.
    import pypdf  # noqa: F401
    import unstructured.partition.html
    import unstructured.partition.md  # noqa: F401

    sys.addaudithook(_refuse)
    _limit_memory(extra_bytes)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in requests:
        print(_answer(Path(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    # Libraries may print; only answers may reach the pipe.
    channel, sys.stdout = sys.stdout, sys.stderr
    serve(sys.stdin, channel, int(sys.argv[1]))
