"""The evaluation harness: cases as data, deterministic scorers, figures one can trust."""
