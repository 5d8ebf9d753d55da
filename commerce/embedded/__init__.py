"""The back end that runs on our own database: for the demo, for imports, for a shop without another one."""
