"""The shop: its nouns, the port to its back end, and the embedded back end."""
