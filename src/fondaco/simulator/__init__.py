"""A merchant world from a seed, served in the vendors' own protocols, with its hidden truth on file."""
