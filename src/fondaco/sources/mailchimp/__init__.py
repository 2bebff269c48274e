"""Mailchimp, through its Marketing API 3.0. ``docs/connectors/mailchimp.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.mailchimp.connector import Mailchimp
from fondaco.sources.mailchimp.settings import MailchimpSettings

__all__ = ["Mailchimp", "MailchimpSettings"]
