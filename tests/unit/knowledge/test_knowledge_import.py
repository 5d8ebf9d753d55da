"""Knowing the retriever does not load the parsers or Chroma."""

import subprocess
import sys

HEAVY = ("chromadb", "unstructured", "spacy", "pypdf", "sklearn")


def test_importing_the_room_stays_light() -> None:
    code = (
        "import sys, knowledge.retrieval, knowledge.ingest, knowledge.citations, knowledge.policy;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
