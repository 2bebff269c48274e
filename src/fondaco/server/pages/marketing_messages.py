"""Messages on Marketing: campaigns and flows by which people were written to, what became of them, and what they brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fondaco.server.pages import sheets
from fondaco.server.pages.advertising import (
    NO_CAMPAIGN,
    campaign_name,
    campaigns_of,
    platform_in_words,
    state_of,
    type_in_words,
)
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.health import Badge
from fondaco.server.pages.marketing_parts import campaign_address
from fondaco.server.pages.marketing_state import MESSAGE_COLUMNS, MarketingState
from fondaco.server.pages.sales_panels import search

MESSAGE_KEY = (
    *MESSAGE_COLUMNS, "messages_delivered", "messages_opened", "messages_clicked", "messages_bounced",
    "messages_unsubscribed", "messages_marked_spam", "click_to_open_rate", "unsubscribe_rate", "bounce_rate", "spam_rate",
    "revenue_per_recipient", "return_on_message_cost", "message_break_even_roas", "message_cost_per_order",
    "message_customer_acquisition_cost", "message_new_customers", "message_contribution_margin_2", "message_claimed_revenue", "message_claim_gap",
    "unpriced_messages",
)  # fmt: skip
"""Asked for in one query."""

OF_COST = (
    "message_cost", "message_profit", "return_on_message_cost", "profit_on_messages", "message_cost_per_order",
    "message_customer_acquisition_cost",
)  # fmt: skip
"""What is not known where nobody tells what messages cost."""

_SUMS = ("messages_sent", "message_orders", "message_claimed_orders", "message_revenue", "message_cost")
_SHORT = {
    "messages_sent": "Sent", "message_orders": "Orders", "message_revenue": "Revenue", "message_claimed_orders": "Claimed",
    "message_cost": "Cost", "message_profit": "Profit", "profit_on_messages": "POAS",
}  # fmt: skip
_ON_A_PHONE = ("open_rate", "message_orders")
TOLD = ("campaign_id", "campaign", "platform", "account", "message_type", "status")


def message_rows(figures: Figures) -> list[Row]:
    """Each campaign and flow that was sent, claimed or brought anything: the most sent first, what belongs to none last."""
    found = [known(row) for row in figures.rows(MESSAGE_KEY, ("campaign_id", "platform"))]
    rows = [row for row in found if any(row[name] for name in _SUMS)]
    return sorted(
        rows, key=lambda row: (not row["campaign_id"], -row["messages_sent"], row["campaign_id"] or "")
    )


def known(row: Row) -> Row:
    """The figures without what is not known: where nobody tells any cost of messages that were sent, it is not nought."""
    if row["unpriced_messages"] and not row["message_cost"]:
        return {**row, **dict.fromkeys(OF_COST)}
    return row


def message_cell(figures: Figures, name: str, row: Row) -> str:
    """A figure of messages in a column."""
    return figures.numbers.figure(row[name], figures.metric(name).unit)


def messages(figures: Figures, state: MarketingState) -> dict[str, Any]:
    """The panel: the whole in a few figures, then a row for each campaign and flow."""
    rows = [_Line(figures, row) for row in message_rows(figures)]
    shown = sheets.found(rows, state.letters, lambda line: f"{line.name} {line.detail}")
    shown = sheets.ordered(
        shown, state.letters, lambda line, column: line.name if column == "name" else line.row[column]
    )
    ways = state.ways("messages")
    metrics = {name: figures.metric(name) for name in MESSAGE_COLUMNS}
    whole = known(figures.totals(MESSAGE_KEY))
    then = known(figures.totals(MESSAGE_KEY, figures.view.comparison)) if figures.view.comparison else None

    def cells(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return [{"line": line, "figures": line.cells(figures)} for line in shown[start : start + limit]]

    return {
        "any": bool(rows),
        "tiles": [
            figures.figure(name, whole, then)
            for name in ("messages_sent", "click_rate", "message_revenue", "message_profit", "message_claimed_revenue")
        ],
        "gap": figures.numbers.money(whole["message_claim_gap"]),
        "gap_metric": figures.metric("message_claim_gap"),
        "cost": figures.numbers.money(whole["message_cost"]),
        "cost_metric": figures.metric("message_cost"),
        "names": MESSAGE_COLUMNS,
        "metrics": metrics,
        "short": _SHORT,
        "narrow": _ON_A_PHONE,
        "columns": {
            name: sheets.column(
                state.letters, name, "Message" if name == "name" else metrics[name].label, ways,
                text=name == "name", wide=name not in ("name", *_ON_A_PHONE),
            )
            for name in ("name", *MESSAGE_COLUMNS)
        },
        "leaf": sheets.leaf(state.letters, len(shown), cells, figures.numbers.count(len(shown)), ways),
        "whole": [(name, message_cell(figures, name, whole)) for name in MESSAGE_COLUMNS] if rows else [],
        "unpriced": figures.numbers.count(whole["unpriced_messages"]) if whole["unpriced_messages"] else "",
        "searchable": len(rows) > sheets.ROWS or bool(state.letters.find),
        "search": search(state, "letters", "messages"),
    }  # fmt: skip


class _Line:
    """One campaign or flow in words."""

    def __init__(self, figures: Figures, row: Row) -> None:
        own = campaigns_of(figures.site).get(row["campaign_id"] or "")
        self.row = row
        self.is_told = bool(row["campaign_id"])
        self.name = campaign_name(own, row["campaign_id"]) if self.is_told else NO_CAMPAIGN
        kind = type_in_words(own)
        self.detail = " · ".join(filter(None, (platform_in_words(row["platform"]), kind)))
        self.state: Badge | None = state_of(own)
        self.address = campaign_address(row["campaign_id"], figures) if self.is_told else ""

    def cells(self, figures: Figures) -> list[tuple[str, str]]:
        return [(name, message_cell(figures, name, self.row)) for name in MESSAGE_COLUMNS]


def message_file(figures: Figures) -> list[list[Any]]:
    """All figures of all campaigns and flows, unrounded."""
    known = campaigns_of(figures.site)
    lines = []
    for row in message_rows(figures):
        own: Mapping[str, Any] = known.get(row["campaign_id"] or "", {})
        told = [own.get(name) for name in ("account_name", "campaign_type", "status")]
        lines.append(
            [
                row["campaign_id"],
                own.get("name"),
                row["platform"],
                *told,
                *(row[name] for name in MESSAGE_KEY),
            ]
        )
    return lines
