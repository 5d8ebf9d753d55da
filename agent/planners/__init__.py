"""Who decides what to do next: flows without a model, llm with one, behind one protocol."""
