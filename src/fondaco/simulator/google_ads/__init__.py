"""Google Ads as a local gRPC server: GAQL over the simulated accounts, by the official client's own messages."""
