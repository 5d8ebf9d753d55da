"""Who works on a conversation: names of workers, and whether a worker of this machine is dead."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta
from pathlib import Path

LEASE_TTL = timedelta(seconds=15)


def worker_name() -> str:
    """A name for one worker: `host:pid:nonce`, whose nonce begins with the time the process was started."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}-{secrets.token_hex(4)}"


def worker_is_dead(worker: str) -> bool:
    """True only where it is certain: the process of this host is gone, or its number was given away since."""
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdecimal():
        return False
    pid = int(rest)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    started = worker.rpartition(":")[2].partition("-")[0]
    running = _started(pid)
    return started.isdecimal() and "0" not in (started, running) and started != running


def _started(pid: int) -> str:
    """Clock ticks from boot to the start of a process; `0` where the system does not tell.

    A container that restarts gives its processes the numbers of the dead ones: only this tells them apart.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "0"
    # The command in brackets may hold spaces; the start time is the 20th field after it.
    return stat.rpartition(")")[2].split()[19]
