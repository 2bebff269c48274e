"""commercetools' HTTP API over a simulated world."""
