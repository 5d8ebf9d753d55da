"""The conversation: one graph, its nodes, two planners, and what leaves."""
