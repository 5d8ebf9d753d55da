"""What the agent may do: typed tools behind one guard."""
