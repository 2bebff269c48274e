"""Every name that we ask Meta for. ``tests/sources/meta_ads/test_specification.py`` holds them against its published specs."""

from __future__ import annotations

from typing import Final

ACCOUNT_FIELDS: Final = ("account_id", "name", "currency", "timezone_name", "account_status")
CAMPAIGN_FIELDS: Final = (
    "id", "account_id", "name", "objective", "status", "effective_status", "buying_type", "bid_strategy", "daily_budget",
    "lifetime_budget", "start_time", "stop_time", "created_time", "updated_time",
)  # fmt: skip
AD_SET_FIELDS: Final = (
    "id", "account_id", "campaign_id", "name", "status", "effective_status", "optimization_goal", "billing_event",
    "bid_strategy", "daily_budget", "lifetime_budget", "attribution_spec", "start_time", "end_time", "created_time",
    "updated_time",
)  # fmt: skip
AD_FIELDS: Final = (
    "id", "account_id", "campaign_id", "adset_id", "name", "status", "effective_status", "created_time", "updated_time",
)  # fmt: skip
INSIGHT_FIELDS: Final = (
    "date_start", "date_stop", "account_id", "account_currency", "campaign_id", "campaign_name", "adset_id", "adset_name",
    "ad_id", "ad_name", "objective", "attribution_setting", "spend", "impressions", "reach", "clicks",
    "inline_link_clicks", "outbound_clicks", "actions", "action_values",
)  # fmt: skip
REPORT_RUN_FIELDS: Final = (
    "id", "async_status", "async_percent_completion", "error_code", "error_subcode",
)  # fmt: skip

# What is not asked for is left out of a list: archived and deleted things too, and then their spend has no parent.
CAMPAIGN_STATUSES: Final = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES")
AD_SET_STATUSES: Final = (*CAMPAIGN_STATUSES, "CAMPAIGN_PAUSED")
AD_STATUSES: Final = (
    *AD_SET_STATUSES, "ADSET_PAUSED", "DISAPPROVED", "PENDING_BILLING_INFO", "PENDING_REVIEW", "PREAPPROVED",
)  # fmt: skip

PURCHASES: Final = (
    "omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "onsite_web_purchase",
    "onsite_web_app_purchase", "web_in_store_purchase", "app_custom_event.fb_mobile_purchase",
)  # fmt: skip
"""Kinds of action that stand for a purchase, the widest first. They overlap: one is chosen, they are never added up."""
