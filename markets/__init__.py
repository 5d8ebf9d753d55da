"""Everything keyed by country."""
