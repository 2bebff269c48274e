"""The rules that every project begins with."""

from __future__ import annotations

from decimal import Decimal

from fondaco.alerts.rule import Kind, Rule, Severity

SHIPPED = (
    Rule(
        "margin-drop", Kind.CHANGE, "Margin drop", metric="contribution_margin_2_rate",
        below=Decimal("-0.15"), least=Decimal("0.03"), days=7, weeks=4,
    ),
    Rule("sales-drop", Kind.ANOMALY, "Sales drop", metric="net_sales", side="below"),
    Rule("refund-spike", Kind.ANOMALY, "Refund spike", metric="refunded_amount", side="above"),
    Rule("unusual-spend", Kind.ANOMALY, "Unusual spend", metric="marketing_costs", side="above"),
    Rule(
        "high-cost-marketing", Kind.SHARE, "High-cost marketing", metric="marketing_costs", of="net_sales",
        above=Decimal("0.35"), days=7,
    ),
    Rule(
        "high-cost-campaign", Kind.SHARE, "High-cost campaign", metric="attributed_contribution_margin_2", of="ad_spend",
        below=Decimal("0.5"), least=Decimal(100), days=28, for_each="campaign_id",
    ),
    Rule("sync-failure", Kind.SYNC_FAILURE, "Sync failure", Severity.CRITICAL),
    Rule("stale-data", Kind.STALE_DATA, "Stale data", above=Decimal(48)),
    Rule("reconciliation-mismatch", Kind.RECONCILIATION, "Reconciliation mismatch"),
    Rule("quarantine-growth", Kind.QUARANTINE, "Records set aside", above=Decimal("0.01"), least=Decimal(10)),
)  # fmt: skip
"""On unless switched off. docs/alerts.md says why these limits."""
