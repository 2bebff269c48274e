"""A simulated ProHandel, as far as its API was ever seen: the ERP of any shop of the world."""
