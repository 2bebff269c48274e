"""The streams of Postscript: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import Column, ColumnType, Stream, SyncMode, Table

TEXT, BIGINT, BOOL, TIMESTAMP = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.BOOL, ColumnType.TIMESTAMP

SUBSCRIBERS = Table(
    "subscribers",
    columns=(
        Column("subscriber_id", TEXT, "$.id"),
        Column("shopify_customer_id", TEXT, "$.shopify_customer_id", "Null until Postscript has found the customer."),
        Column("email", TEXT, "$.email"),
        Column("phone", TEXT, "$.phone_number"),
        Column("may_send_promotional", BOOL, "$.subscriptions.promotional.can_send", "Whether they opted in, and not out."),
        Column("may_send_transactional", BOOL, "$.subscriptions.transactional.can_send"),
        Column("created_at", TIMESTAMP, "$.created_at"),
        Column("updated_at", TIMESTAMP, "$.updated_at"),
    ),
    primary_key=("subscriber_id",),
    ignored=("data", "ps_id", "properties", "subscriptions", "tags"),
    description="One row per subscriber to text messages.",
)  # fmt: skip

SUBSCRIBER_TAGS = Table(
    "subscriber_tags",
    columns=(Column("subscriber_id", TEXT, "^.id"), Column("tag", TEXT, "$")),
    primary_key=("subscriber_id", "tag"),
    each=("$.tags",),
    parent_key=("subscriber_id",),
    description="One row per subscriber and tag.",
)

KEYWORDS = Table(
    "keywords",
    columns=(
        Column("keyword_id", TEXT, "$.id"),
        Column("keyword", TEXT, "$.keyword"),
        Column("triggered_count", BIGINT, "$.triggered_count", "How often somebody joined by it, up to now."),
        Column("created_at", TIMESTAMP, "$.created_at"),
        Column("updated_at", TIMESTAMP, "$.updated_at"),
    ),
    primary_key=("keyword_id",),
    description="One row per active keyword by which people join.",
)

SUBSCRIBER_EVENTS = Table(
    "subscriber_events",
    columns=(
        Column("event_id", TEXT, "$.event_id", "Of the delivery's content: the same when it is delivered again."),
        Column("event", TEXT, "$.event", "shop.subscriber.opt_in, shop.subscriber.opt_out or shop.incoming_message."),
        Column("subscriber_id", TEXT, "$.subscriber_id"),
        Column("is_opt_out", BOOL, "$.is_opt_out", "Of an incoming message: whether it asked for no more."),
        Column("happened_at", TIMESTAMP, "$.happened_at"),
    ),
    primary_key=("event_id",),
    description="One row per event that a webhook told; Postscript tells them nowhere else. What was written is not kept.",
)  # fmt: skip

STREAMS = (
    Stream(
        "subscribers",
        (SUBSCRIBERS, SUBSCRIBER_TAGS),
        SyncMode.INCREMENTAL,
        backfill_window=timedelta(days=365),
        scopes=("subscribers",),
        description="Subscribers with their tags, by the time they were updated.",
        in_report=False,
    ),
    Stream(
        "keywords",
        (KEYWORDS,),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("keywords",),
        description="Keywords by which people join. Read whole: their counts change all the time.",
        in_report=False,
    ),
    Stream(
        "subscriber_events",
        (SUBSCRIBER_EVENTS,),
        SyncMode.CREATED,
        backfill_window=None,
        overlap=timedelta(0),
        description="Joining, leaving and answers. They come by webhook alone: a run reads nothing, and what was not "
        "delivered is missing.",
        in_report=False,
    ),
)
