"""What the wiring hands to the interface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.customer_tokens import CustomerTokens
from api.metrics import Metrics
from api.ports import Dispatcher
from api.throttle import Throttle
from conversations.mail import MailQueue
from conversations.pictures import Darkroom
from conversations.repository import Conversations
from desk.service import Desk
from desk.staff import StaffTokens
from facts.clock import Clock
from i18n.rendering import Renderer
from nlu.masking import Masked

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Services:
    """Capabilities and plain values; nothing here reads a setting."""

    conversations: Conversations
    dispatcher: Dispatcher
    desk: Desk
    staff_tokens: StaffTokens
    customer_tokens: CustomerTokens
    renderer: Renderer
    clock: Clock
    mails: MailQueue
    mask: Callable[[str], Masked]
    caller: Callable[[str], str]
    """A network address → its keyed digest, which is all that is kept of it."""
    throttle: Throttle
    metrics: Metrics = field(default_factory=Metrics)
    darkroom: Darkroom = field(default_factory=Darkroom)
    """What makes plain pictures of uploads."""

    pictures_each: int = 20
    """How many pictures a conversation may carry."""

    reply_wait_s: float = 15.0
    origins: tuple[str, ...] = ()
    demo: bool = False
    shop: Mapping[str, Any] = field(default_factory=dict)
    """What the pages may know of the shop: its `name`, and the `markets` it delivers to."""

    web: Path | None = None
    """The folder of the pages: `chat/`, `desk/`, `outbox/`."""

    checks: Mapping[str, Job] = field(default_factory=dict)
    """What must work before traffic comes: each raises when it does not."""

    erasers: Sequence[Callable[[str], Awaitable[None]]] = ()
    """What else keeps something of a conversation (checkpoints, proposals). Called with its id, more than once."""

    started: Sequence[Job] = ()
    stopped: Sequence[Job] = ()
    background: Sequence[Job] = ()
    """Run from start to stop, then cancelled."""
