"""Inbox and outbox rows, transcripts, ownership, handoffs, grants of identity."""
