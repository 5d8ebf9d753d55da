"""Everything keyed by language: catalogues, formality, rendering of facts, text direction."""
