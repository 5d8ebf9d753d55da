"""The graph of one turn. Edges only: it reads like the picture in the architecture."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.context import Context
from agent.nodes.act import act
from agent.nodes.confirm import confirm, is_settled
from agent.nodes.escalate import escalate, needs_person
from agent.nodes.localise import localise, needs_tool
from agent.nodes.owner import has_person, owner
from agent.nodes.perceive import perceive
from agent.nodes.plan import plan, wants_tool
from agent.nodes.reply import reply
from agent.nodes.retrieve import retrieve
from agent.nodes.timed import timed
from agent.state import State

Graph = CompiledStateGraph[State, Context, State, State]


def build_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> Graph:
    """Compile the turn. With `durability="exit"` it is checkpointed once, when the turn is through."""
    graph = StateGraph(State, context_schema=Context)
    for node in (perceive, owner, confirm, retrieve, escalate, plan, act, localise, reply):
        graph.add_node(node.__name__, timed(node))
    graph.add_edge(START, "perceive")
    graph.add_edge("perceive", "owner")
    graph.add_conditional_edges("owner", has_person, {True: "reply", False: "confirm"})
    graph.add_conditional_edges("confirm", is_settled, {True: "localise", False: "retrieve"})
    graph.add_edge("retrieve", "escalate")
    graph.add_conditional_edges("escalate", needs_person, {True: "localise", False: "plan"})
    graph.add_conditional_edges("plan", wants_tool, {True: "act", False: "localise"})
    graph.add_edge("act", "plan")
    graph.add_conditional_edges("localise", needs_tool, {True: "act", False: "reply"})
    graph.add_edge("reply", END)
    return graph.compile(checkpointer=checkpointer, name="turn")
