"""eBay, as a simulated shop would stand on it."""
