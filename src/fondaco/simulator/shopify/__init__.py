"""Shopify's GraphQL Admin API over a simulated world."""
