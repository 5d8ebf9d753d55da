"""What the shop says: ingestion, chunking, index, retrieval, citations, and its structured policy."""
