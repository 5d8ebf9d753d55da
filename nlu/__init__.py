"""Understanding text without a large model."""
