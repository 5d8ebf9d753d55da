"""The database's history: one file a change in `versions/`, explicit operations, no slice imported.

A file's name without its ending is its revision (at most 32 characters). Files run in the order of their
names, each with the one before as `down_revision`.
"""
