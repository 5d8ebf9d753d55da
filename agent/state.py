"""What the graph keeps from turn to turn: small, serialisable, free of text and personal data."""

from typing import Any, TypedDict


class State(TypedDict):
    """`memory` is `agent.planners.planner.Memory` as JSON; `turn` is the id of the turn that wrote this state."""

    turn: str
    memory: dict[str, Any]
