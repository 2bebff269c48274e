"""The streams of a Klaviyo account: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import Column, ColumnType, Stream, SyncMode, Table

TEXT, BIGINT, DECIMAL, BOOL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL, ColumnType.BOOL
TIMESTAMP, DATE, JSON = ColumnType.TIMESTAMP, ColumnType.DATE, ColumnType.JSON

FIGURES_KEPT = timedelta(days=730)
EVENTS_KEPT = timedelta(days=365)
RESTATED = timedelta(days=30)
"""Figures of a message grow this long after it was sent."""

CAMPAIGNS = Table(
    "campaigns",
    columns=(
        Column("campaign_id", TEXT, "$.id"),
        Column("channel", TEXT, "$.channel", "email, sms, mobile_push: by which filter it was found."),
        Column("name", TEXT, "$.attributes.name"),
        Column("status", TEXT, "$.attributes.status", "Draft, Scheduled, Sent, Cancelled, …"),
        Column("is_archived", BOOL, "$.attributes.archived"),
        Column("audiences", JSON, "$.attributes.audiences", "Lists and segments that it went to."),
        Column("scheduled_at", TIMESTAMP, "$.attributes.scheduled_at"),
        Column("sent_at", TIMESTAMP, "$.attributes.send_time", "Null while it was not sent."),
        Column("created_at", TIMESTAMP, "$.attributes.created_at"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated_at"),
    ),
    primary_key=("campaign_id",),
    ignored=("type", "links", "relationships", "messages", "attributes"),
    description="One row per campaign of e-mail, text messages or push, archived ones too.",
)
CAMPAIGN_MESSAGES = Table(
    "campaign_messages",
    each=("$.messages",),
    columns=(
        Column("message_id", TEXT, "$.id"),
        Column("campaign_id", TEXT, "^.id"),
        Column("channel", TEXT, "$.attributes.definition.channel"),
        Column("label", TEXT, "$.attributes.definition.label"),
        Column("subject", TEXT, "$.attributes.definition.content.subject"),
        Column("created_at", TIMESTAMP, "$.attributes.created_at"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated_at"),
    ),
    primary_key=("message_id",),
    parent_key=("campaign_id",),
    ignored=("type", "links", "relationships", "attributes"),
    description="One row per message of a campaign; tests of variants have several.",
)
FLOWS = Table(
    "flows",
    columns=(
        Column("flow_id", TEXT, "$.id"),
        Column("name", TEXT, "$.attributes.name"),
        Column("status", TEXT, "$.attributes.status", "draft, manual, live."),
        Column("is_archived", BOOL, "$.attributes.archived"),
        Column("trigger_type", TEXT, "$.attributes.trigger_type"),
        Column("created_at", TIMESTAMP, "$.attributes.created"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated"),
    ),
    primary_key=("flow_id",),
    ignored=("type", "links", "relationships", "attributes"),
    description="One row per flow, archived ones too.",
)
LISTS = Table(
    "lists",
    columns=(
        Column("list_id", TEXT, "$.id"),
        Column("name", TEXT, "$.attributes.name"),
        Column("opt_in_process", TEXT, "$.attributes.opt_in_process", "single_opt_in, double_opt_in."),
        Column("created_at", TIMESTAMP, "$.attributes.created"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated"),
    ),
    primary_key=("list_id",),
    ignored=("type", "links", "relationships", "attributes"),
    description="One row per list.",
)
SEGMENTS = Table(
    "segments",
    columns=(
        Column("segment_id", TEXT, "$.id"),
        Column("name", TEXT, "$.attributes.name"),
        Column("is_active", BOOL, "$.attributes.is_active"),
        Column("created_at", TIMESTAMP, "$.attributes.created"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated"),
    ),
    primary_key=("segment_id",),
    ignored=("type", "links", "relationships", "attributes"),
    description="One row per segment. Its conditions are not read.",
)
METRICS = Table(
    "metrics",
    columns=(
        Column("metric_id", TEXT, "$.id"),
        Column("name", TEXT, "$.attributes.name"),
        Column("integration_name", TEXT, "$.attributes.integration.name"),
        Column("integration_category", TEXT, "$.attributes.integration.category"),
        Column("created_at", TIMESTAMP, "$.attributes.created"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated"),
    ),
    primary_key=("metric_id",),
    ignored=("type", "links", "relationships", "attributes"),
    description="One row per kind of event that the account knows.",
)


def _consent(channel: str) -> tuple[Column, ...]:
    path = f"$.attributes.subscriptions.{channel}.marketing"
    return (
        Column(f"{channel}_consent", TEXT, f"{path}.consent", "SUBSCRIBED, UNSUBSCRIBED, NEVER_SUBSCRIBED."),
        Column(f"{channel}_consent_at", TIMESTAMP, f"{path}.consent_timestamp"),
        Column(f"can_receive_{channel}", BOOL, f"{path}.can_receive_{channel}_marketing"),
    )


PROFILES = Table(
    "profiles",
    columns=(
        Column("profile_id", TEXT, "$.id"),
        Column("external_id", TEXT, "$.attributes.external_id"),
        Column("email", TEXT, "$.attributes.email"),
        Column("phone", TEXT, "$.attributes.phone_number"),
        Column("first_name", TEXT, "$.attributes.first_name"),
        Column("last_name", TEXT, "$.attributes.last_name"),
        *_consent("email"),
        *_consent("sms"),
        Column("created_at", TIMESTAMP, "$.attributes.created"),
        Column("updated_at", TIMESTAMP, "$.attributes.updated"),
    ),
    primary_key=("profile_id",),
    ignored=("type", "links", "relationships", "attributes"),
    description="One row per profile.",
)
EVENTS = Table(
    "events",
    columns=(
        Column("event_id", TEXT, "$.id"),
        Column("metric_id", TEXT, "$.metric_id"),
        Column("metric_name", TEXT, "$.metric_name"),
        Column("profile_id", TEXT, "$.profile_id"),
        Column("message_id", TEXT, "$.message_id", "Message of a campaign, or of a flow."),
        Column("flow_id", TEXT, "$.flow_id", "Null where a campaign sent it."),
        Column("happened_at", TIMESTAMP, "$.datetime"),
    ),
    primary_key=("event_id",),
    description="One row per thing that became of a message. What else Klaviyo knows of it is not kept.",
)

_STATISTICS = (
    Column("recipients", BIGINT, "$.recipients"),
    Column("delivered", BIGINT, "$.delivered"),
    Column("bounced_or_failed", BIGINT, "$.bounced_or_failed"),
    Column("opens", BIGINT, "$.opens"),
    Column("opens_unique", BIGINT, "$.opens_unique"),
    Column("clicks", BIGINT, "$.clicks"),
    Column("clicks_unique", BIGINT, "$.clicks_unique"),
    Column("unsubscribe_uniques", BIGINT, "$.unsubscribe_uniques"),
    Column("spam_complaints", BIGINT, "$.spam_complaints"),
    Column("conversions", DECIMAL, "$.conversions", "Orders that Klaviyo claims; null without the metric."),
    Column("conversion_value", DECIMAL, "$.conversion_value", "Their value, in the account's currency."),
    Column("text_message_spend", DECIMAL, "$.text_message_spend", "In the account's currency."),
)  # fmt: skip
_SENT = (
    Column("send_date", DATE, "$.send_date", "A day of the account's time zone."),
    Column("channel", TEXT, "$.send_channel", "email, sms, push-notification, …"),
    Column("message_id", TEXT, "$.message_id"),
    Column("message_name", TEXT, "$.message_name"),
    Column("currency", TEXT, "$.currency", "The account's."),
)
CAMPAIGN_FIGURES = Table(
    "campaign_figures",
    columns=(*_SENT, Column("campaign_id", TEXT, "$.campaign_id"), *_STATISTICS),
    primary_key=("send_date", "campaign_id", "message_id", "channel"),
    description="One row per message of a campaign that was sent: all that became of it so far.",
)
FLOW_FIGURES = Table(
    "flow_figures",
    columns=(
        *_SENT,
        Column("flow_id", TEXT, "$.flow_id"),
        Column("flow_name", TEXT, "$.flow_name"),
        *_STATISTICS,
    ),
    primary_key=("send_date", "flow_id", "message_id", "channel"),
    description="One row per message of a flow and day on which it was sent: all that became of that day's so far.",
)


def _listed(table: Table, scope: str, description: str, *more: Table) -> Stream:
    return Stream(
        table.name,
        (table, *more),
        SyncMode.FULL,
        backfill_window=None,
        scopes=(scope,),
        description=description,
        in_report=False,
    )


def _figures(table: Table, scope: str, description: str, window: int) -> Stream:
    return Stream(
        table.name,
        (table,),
        SyncMode.DAYS,
        backfill_window=timedelta(days=window),
        overlap=timedelta(days=3),
        safety_lag=timedelta(0),
        lookback=RESTATED,
        day_column="send_date",
        history=FIGURES_KEPT,
        scopes=(scope, "metrics:read", "accounts:read"),
        description=f"{description} The last 30 days are read again each day and replaced; two years back.",
        in_report=False,
    )


STREAMS = (
    _listed(METRICS, "metrics:read", "Kinds of events. Read whole."),
    _listed(
        CAMPAIGNS,
        "campaigns:read",
        "Campaigns and their messages. Read whole, so that what was archived is seen.",
        CAMPAIGN_MESSAGES,
    ),
    _listed(FLOWS, "flows:read", "Flows. Read whole, so that what was archived is seen."),
    _listed(LISTS, "lists:read", "Lists. Read whole: there are few."),
    _listed(SEGMENTS, "segments:read", "Segments. Read whole: there are few."),
    _figures(CAMPAIGN_FIGURES, "campaigns:read", "What became of campaigns, by the day of the send.", 330),
    _figures(FLOW_FIGURES, "flows:read", "What became of flows, by the day of the send.", 60),
    Stream(
        "profiles",
        (PROFILES,),
        SyncMode.INCREMENTAL,
        backfill_window=timedelta(days=90),
        scopes=("profiles:read",),
        description="Profiles, with the consent to be written to, by when they were updated.",
        in_report=False,
    ),
    Stream(
        "events",
        (EVENTS,),
        SyncMode.CREATED,
        overlap=timedelta(days=1),
        history=EVENTS_KEPT,
        scopes=("events:read", "metrics:read"),
        description="What became of single messages, by when it happened; a year back. A day is read again each time: "
        "events arrive late.",
        in_report=False,
    ),
)
