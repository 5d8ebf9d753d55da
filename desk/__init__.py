"""Agent assist: the staff's inbox, what they may do, and how they are told."""
