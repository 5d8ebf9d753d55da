"""One SQLAlchemy database by URL, its migrations, and the graph's checkpointer. Knows no domain."""
