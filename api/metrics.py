"""What an operator watches: turns, handoffs, requests, open streams."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from conversations.models import DraftReply, Handoff, Reply

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """A registry of its own, so that two applications in one process do not count into each other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("dragoman_turns", "Turns closed", ["planner", "owner"], registry=self.registry)
        self.turn_seconds = Histogram(
            "dragoman_turn_seconds",
            "From claim to reply",
            ["planner"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.handoffs = Counter(
            "dragoman_handoffs",
            "Conversations put before people",
            ["reason", "priority"],
            registry=self.registry,
        )
        self.drafts = Counter(
            "dragoman_drafts",
            "Drafts made, and what people made of them",
            ["mode", "outcome"],
            registry=self.registry,
        )
        self.requests = Histogram(
            "dragoman_request_seconds",
            "From request to the start of the answer",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.streams = Gauge("dragoman_event_streams", "Open event streams", registry=self.registry)

    def turn_closed(self, reply: Reply) -> None:
        self.turns.labels(reply.usage.planner, reply.owner.value).inc()
        if "total" in reply.timings_ms:
            self.turn_seconds.labels(reply.usage.planner).observe(reply.timings_ms["total"] / 1_000)

    def handed_over(self, handoff: Handoff) -> None:
        self.handoffs.labels(handoff.reason.value, handoff.priority.value).inc()

    def drafted(self, draft: DraftReply) -> None:
        self.drafts.labels(draft.mode.value, "made").inc()

    def draft_decided(self, draft: DraftReply) -> None:
        self.drafts.labels(draft.mode.value, draft.state.value).inc()

    def text(self) -> bytes:
        """The Prometheus exposition."""
        return generate_latest(self.registry)
