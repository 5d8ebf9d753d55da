"""The values every room shares: money, dated facts, evidence, tracking vocabulary, the clock."""
