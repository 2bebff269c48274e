"""Amazon's Selling Partner API over the simulated world."""
