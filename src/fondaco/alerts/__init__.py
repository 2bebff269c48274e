"""Alerts: rules over the figures and over the pipeline, what they find, and how it is told."""

from fondaco.alerts.rule import Kind, Rule, Severity, parse_rule
from fondaco.alerts.rulebook import Kept, Rulebook

__all__ = ["Kept", "Kind", "Rule", "Rulebook", "Severity", "parse_rule"]
