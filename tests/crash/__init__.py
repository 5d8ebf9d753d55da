"""Crash safety shown by kills: a server is killed again and again while customers confirm WRITEs."""
