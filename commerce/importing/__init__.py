"""Brings a shop in from files: Dragoman JSON Lines or the CSV files that Shopify's admin exports."""
