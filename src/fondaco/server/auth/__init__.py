"""Logging in, staying logged in, and being kept from guessing."""
