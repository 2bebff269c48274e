"""What is done with customers: segments of them, and files of their members."""

from fondaco.activation.audience import Audience, Suggestion
from fondaco.activation.definition import Definition, parse_definition
from fondaco.activation.words import describe

__all__ = ["Audience", "Definition", "Suggestion", "describe", "parse_definition"]
