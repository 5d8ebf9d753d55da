"""The deployment's own secret: given, or made once and kept in the home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import SecretStr


def deployment_secret(given: SecretStr | None, home: Path) -> str:
    """The setting, else the content of `home/secret`, which is made readable for its owner alone."""
    if given is not None:
        return given.get_secret_value()
    path = home / "secret"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    made = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made)
    return made
