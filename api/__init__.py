"""The HTTP interface: one file a resource; errors become statuses in `problems.py`."""
