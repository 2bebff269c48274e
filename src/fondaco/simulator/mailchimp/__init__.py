"""Mailchimp's Marketing API over the simulated world."""
