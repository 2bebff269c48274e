"""What a person sees: Overview, and Runs & data health. How pages are made: docs/design.md."""
