"""The raw tables of Mailchimp."""

from __future__ import annotations

from fondaco.sources.stream import Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
DOUBLE, BOOL, DATE = ColumnType.DOUBLE, ColumnType.BOOL, ColumnType.DATE
TIMESTAMP, JSON = ColumnType.TIMESTAMP, ColumnType.JSON

LISTS = Table(
    "lists",
    columns=(
        Column("list_id", TEXT, "$.id"),
        Column("web_id", BIGINT, "$.web_id", "The number in the web application's addresses."),
        Column("name", TEXT, "$.name"),
        Column("created_at", TIMESTAMP, "$.date_created"),
        Column("is_double_opt_in", BOOL, "$.double_optin"),
        Column("list_rating", BIGINT, "$.list_rating", "Mailchimp's own mark, 0 to 5."),
        Column("member_count", BIGINT, "$.stats.member_count", "Subscribed contacts; up to five minutes old."),
        Column("unsubscribe_count", BIGINT, "$.stats.unsubscribe_count"),
        Column("cleaned_count", BIGINT, "$.stats.cleaned_count", "Contacts whose address does not exist."),
        Column("campaign_count", BIGINT, "$.stats.campaign_count"),
        Column("campaign_last_sent_at", TIMESTAMP, "$.stats.campaign_last_sent"),
        Column("last_subscribed_at", TIMESTAMP, "$.stats.last_sub_date"),
        Column("last_unsubscribed_at", TIMESTAMP, "$.stats.last_unsub_date"),
    ),
    primary_key=("list_id",),
    ignored=(
        "contact", "permission_reminder", "use_archive_bar", "campaign_defaults", "notify_on_subscribe",
        "notify_on_unsubscribe", "email_type_option", "subscribe_url_short", "subscribe_url_long", "beamer_address",
        "visibility", "has_welcome", "marketing_permissions", "modules", "stats", "_links",
    ),
    description="One row per audience.",
)  # fmt: skip

SEGMENTS = Table(
    "segments",
    columns=(
        Column("segment_id", TEXT, "$.id"),
        Column("list_id", TEXT, "$.list_id"),
        Column("name", TEXT, "$.name"),
        Column("type", TEXT, "$.type", "static is a tag, saved a segment by conditions, fuzzy one of Mailchimp's own."),
        Column("member_count", BIGINT, "$.member_count", "Subscribed contacts in it now."),
        Column("created_at", TIMESTAMP, "$.created_at"),
        Column("updated_at", TIMESTAMP, "$.updated_at", "Of the conditions; contacts that come and go do not move it."),
        Column("options", JSON, "$.options", "The conditions."),
    ),
    primary_key=("segment_id",),
    ignored=("_links",),
    description="One row per segment or tag of an audience.",
)  # fmt: skip

MEMBERS = Table(
    "members",
    columns=(
        Column("list_member_id", TEXT, "$.fondaco.id", "list_id.member_id"),
        Column("list_id", TEXT, "$.list_id"),
        Column("member_id", TEXT, "$.id", "MD5 of the address in small letters: the same in all audiences."),
        Column("contact_id", TEXT, "$.contact_id"),
        Column("unique_email_id", TEXT, "$.unique_email_id", "What mc_eid in links of e-mails holds."),
        Column("email", TEXT, "$.email_address"),
        Column("first_name", TEXT, "$.merge_fields.FNAME"),
        Column("last_name", TEXT, "$.merge_fields.LNAME"),
        Column("phone", TEXT, "$.merge_fields.PHONE"),
        Column("status", TEXT, "$.status", "subscribed, unsubscribed, cleaned, pending, transactional or archived."),
        Column("source", TEXT, "$.source", "How the contact came in."),
        Column("language", TEXT, "$.language"),
        Column("country_code", TEXT, "$.location.country_code", "Where Mailchimp takes the contact to be."),
        Column("is_vip", BOOL, "$.vip"),
        Column("member_rating", BIGINT, "$.member_rating", "Mailchimp's own mark, 1 to 5."),
        Column("signed_up_at", TIMESTAMP, "$.timestamp_signup"),
        Column("opted_in_at", TIMESTAMP, "$.timestamp_opt"),
        Column("last_changed_at", TIMESTAMP, "$.last_changed"),
        Column("average_open_rate", DOUBLE, "$.stats.avg_open_rate"),
        Column("average_click_rate", DOUBLE, "$.stats.avg_click_rate"),
        Column("orders", BIGINT, "$.stats.ecommerce_data.number_of_orders", "As the connected store told."),
        Column("revenue", DECIMAL, "$.stats.ecommerce_data.total_revenue"),
        Column("currency", TEXT, "$.stats.ecommerce_data.currency_code"),
        Column("marketing_permissions", JSON, "$.marketing_permissions", "Consents by purpose, where asked for."),
    ),
    primary_key=("list_member_id",),
    ignored=(
        "web_id", "email_type", "email_client", "full_name", "merge_fields", "interests", "stats", "location", "last_note",
        "ip_signup", "ip_opt", "unsubscribe_reason", "consents_to_one_to_one_messaging", "tags", "tags_count", "fondaco",
        "_links",
    ),
    description="One row per contact and audience. Who was deleted for good is found by comparing ids once a month.",
)  # fmt: skip

MEMBER_TAGS = Table(
    "member_tags",
    columns=(
        Column("list_member_id", TEXT, "^.fondaco.id"),
        Column("tag_id", TEXT, "$.id"),
        Column("name", TEXT, "$.name"),
    ),
    primary_key=("list_member_id", "tag_id"),
    each=("$.tags",),
    parent_key=("list_member_id",),
    description="One row per contact and tag; Mailchimp tells the first 50 tags of a contact.",
)

CAMPAIGNS = Table(
    "campaigns",
    columns=(
        Column("campaign_id", TEXT, "$.id", "What mc_cid in links of e-mails holds."),
        Column("web_id", BIGINT, "$.web_id", "The number in the web application's addresses."),
        Column("parent_campaign_id", TEXT, "$.parent_campaign_id"),
        Column("type", TEXT, "$.type", "regular, plaintext, absplit, rss or variate."),
        Column("status", TEXT, "$.status", "save is a draft; paused, schedule, sending, sent, canceled, archived."),
        Column("title", TEXT, "$.settings.title"),
        Column("subject_line", TEXT, "$.settings.subject_line"),
        Column("preview_text", TEXT, "$.settings.preview_text"),
        Column("from_name", TEXT, "$.settings.from_name"),
        Column("folder_id", TEXT, "$.settings.folder_id"),
        Column("is_timewarp", BOOL, "$.settings.timewarp", "Sent at the same hour of each contact's own time zone."),
        Column("utm_campaign", TEXT, "$.tracking.google_analytics", "What Mailchimp writes into links, where switched on."),
        Column("list_id", TEXT, "$.recipients.list_id"),
        Column("list_name", TEXT, "$.recipients.list_name"),
        Column("segment_id", TEXT, "$.recipients.segment_opts.saved_segment_id"),
        Column("recipient_count", BIGINT, "$.recipients.recipient_count"),
        Column("emails_sent", BIGINT, "$.emails_sent"),
        Column("created_at", TIMESTAMP, "$.create_time"),
        Column("sent_at", TIMESTAMP, "$.send_time", "Also of a scheduled campaign: when it is to be sent."),
    ),
    primary_key=("campaign_id",),
    ignored=(
        "archive_url", "long_archive_url", "content_type", "needs_block_refresh", "resendable", "recipients", "settings",
        "variate_settings", "tracking", "rss_opts", "ab_split_opts", "social_card", "report_summary", "delivery_status",
        "fondaco", "_links",
    ),
    description="One row per campaign, drafts too.",
)  # fmt: skip

CAMPAIGN_VARIANTS = Table(
    "campaign_variants",
    columns=(
        Column("campaign_id", TEXT, "^.id"),
        Column("variant_id", TEXT, "$.id", "Under which it is sent and reported: what its links hold, and no list of campaigns has."),
        Column("is_winner", BOOL, "$.is_winner", "Whether it is what all others got after the test."),
    ),
    primary_key=("campaign_id", "variant_id"),
    each=("$.fondaco.variants",),
    parent_key=("campaign_id",),
    description="One row per variant of a campaign that tests several, and one for its winner.",
)  # fmt: skip

AUTOMATIONS = Table(
    "automations",
    columns=(
        Column("automation_id", TEXT, "$.id"),
        Column("title", TEXT, "$.settings.title"),
        Column("workflow_type", TEXT, "$.trigger_settings.workflow_type"),
        Column("status", TEXT, "$.status", "save is a draft; paused, sending."),
        Column("list_id", TEXT, "$.recipients.list_id"),
        Column("emails_sent", BIGINT, "$.emails_sent"),
        Column("created_at", TIMESTAMP, "$.create_time"),
        Column("started_at", TIMESTAMP, "$.start_time"),
    ),
    primary_key=("automation_id",),
    ignored=("recipients", "settings", "tracking", "trigger_settings", "report_summary", "emails", "_links"),
    description="One row per classic automation. Customer journeys have no list in the API.",
)

AUTOMATION_EMAILS = Table(
    "automation_emails",
    columns=(
        Column("email_id", TEXT, "$.id", "The campaign_id of its report."),
        Column("automation_id", TEXT, "^.id"),
        Column("position", BIGINT, "$.position"),
        Column("status", TEXT, "$.status"),
        Column("title", TEXT, "$.settings.title"),
        Column("subject_line", TEXT, "$.settings.subject_line"),
        Column("utm_campaign", TEXT, "$.tracking.google_analytics"),
        Column("emails_sent", BIGINT, "$.emails_sent"),
        Column("created_at", TIMESTAMP, "$.create_time"),
        Column("started_at", TIMESTAMP, "$.start_time"),
        Column("sent_at", TIMESTAMP, "$.send_time"),
    ),
    primary_key=("email_id",),
    each=("$.emails",),
    parent_key=("automation_id",),
    ignored=(
        "web_id", "workflow_id", "archive_url", "content_type", "needs_block_refresh", "has_logo_merge_tag", "recipients",
        "settings", "tracking", "delay", "trigger_settings", "social_card", "report_summary", "_links",
    ),
    description="One row per e-mail of a classic automation.",
)  # fmt: skip

_FIGURES = (
    Column("emails_sent", BIGINT, "$.emails_sent"),
    Column("hard_bounces", BIGINT, "$.bounces.hard_bounces"),
    Column("soft_bounces", BIGINT, "$.bounces.soft_bounces"),
    Column("syntax_errors", BIGINT, "$.bounces.syntax_errors"),
    Column("opens", BIGINT, "$.opens.opens_total", "With those of Apple's mail privacy, which nobody has read."),
    Column("unique_opens", BIGINT, "$.opens.unique_opens"),
    Column("last_open_at", TIMESTAMP, "$.opens.last_open"),
    Column("clicks", BIGINT, "$.clicks.clicks_total"),
    Column("unique_clicks", BIGINT, "$.clicks.unique_clicks", "Distinct contacts for each link, added up over links."),
    Column("unique_subscriber_clicks", BIGINT, "$.clicks.unique_subscriber_clicks", "Contacts who clicked at all."),
    Column("last_click_at", TIMESTAMP, "$.clicks.last_click"),
    Column("unsubscribes", BIGINT, "$.unsubscribed"),
    Column("abuse_reports", BIGINT, "$.abuse_reports"),
    Column("forwards", BIGINT, "$.forwards.forwards_count"),
    Column("orders", BIGINT, "$.ecommerce.total_orders", "Orders that Mailchimp claims for it."),
    Column("order_totals", DECIMAL, "$.ecommerce.total_spent", "Their totals, with shipping and tax."),
    Column("revenue", DECIMAL, "$.ecommerce.total_revenue", "Their totals without shipping and tax."),
    Column("currency", TEXT, "$.ecommerce.currency_code"),
)  # fmt: skip

_NOT_READ = (
    "list_is_active", "list_name", "preview_text", "rss_last_send", "bounces", "opens", "clicks", "forwards",
    "facebook_likes", "industry_stats", "list_stats", "ab_split", "timewarp", "timeseries", "share_report", "ecommerce",
    "delivery_status", "fondaco", "_links",
)  # fmt: skip

REPORTS = Table(
    "reports",
    columns=(
        Column("campaign_id", TEXT, "$.id", "Or the e-mail's id, of an automation."),
        Column("automation_id", TEXT, "$.fondaco.automation_id", "Of an automation's e-mail."),
        Column("type", TEXT, "$.type"),
        Column("title", TEXT, "$.campaign_title"),
        Column("subject_line", TEXT, "$.subject_line"),
        Column("list_id", TEXT, "$.list_id"),
        Column("sent_at", TIMESTAMP, "$.send_time"),
        *_FIGURES,
    ),
    primary_key=("campaign_id",),
    ignored=_NOT_READ,
    description="One row per sent campaign, and per e-mail of an automation: what came of it so far.",
)

AUTOMATION_READINGS = Table(
    "automation_readings",
    columns=(
        Column("email_id", TEXT, "$.id"),
        Column(
            "read_on", DATE, "$.fondaco.read_on", "A day of the account; the last reading of a day counts."
        ),
        Column("automation_id", TEXT, "$.fondaco.automation_id"),
        *_FIGURES,
    ),
    primary_key=("email_id", "read_on"),
    where=("$.fondaco.kind", "automation"),
    ignored=_NOT_READ,
    description="One row per e-mail of an automation and day on which its report was read: totals since it was started.",
)

REPORT_HOURS = Table(
    "report_hours",
    columns=(
        Column("campaign_id", TEXT, "^.id"),
        Column("hour_at", TIMESTAMP, "$.timestamp"),
        Column("emails_sent", BIGINT, "$.emails_sent"),
        Column("unique_opens", BIGINT, "$.unique_opens"),
        Column("recipient_clicks", BIGINT, "$.recipients_clicks"),
    ),
    primary_key=("campaign_id", "hour_at"),
    each=("$.timeseries",),
    parent_key=("campaign_id",),
    description="One row per campaign and hour of the first 24 after its send.",
)

RECIPIENTS = Table(
    "recipients",
    columns=(
        Column("recipient_id", TEXT, "$.fondaco.id", "campaign_id.member_id"),
        Column("campaign_id", TEXT, "$.campaign_id"),
        Column("list_id", TEXT, "$.list_id"),
        Column("member_id", TEXT, "$.email_id"),
        Column("status", TEXT, "$.status", "sent, or the kind of bounce: hard, soft."),
        Column("split_group", TEXT, "$.absplit_group", "a, b or winner of a split test."),
        Column("utc_offset", BIGINT, "$.gmt_offset", "Of a campaign sent by the contact's own time zone."),
    ),
    primary_key=("recipient_id",),
    ignored=(
        "email_address", "merge_fields", "vip", "open_count", "last_open", "list_is_active", "fondaco", "_links",
    ),
    description="One row per campaign and contact that it was sent to.",
)  # fmt: skip

EMAIL_ACTIVITY = Table(
    "email_activity",
    columns=(
        Column("activity_id", TEXT, "$.fondaco.id", "Of campaign, contact, kind, second and link."),
        Column("campaign_id", TEXT, "$.campaign_id", "Or the e-mail's id, of an automation."),
        Column("list_id", TEXT, "$.list_id"),
        Column("member_id", TEXT, "$.email_id"),
        Column("action", TEXT, "$.action", "open, click or bounce."),
        Column("bounce_type", TEXT, "$.type", "hard or soft, of a bounce."),
        Column("happened_at", TIMESTAMP, "$.timestamp"),
        Column("url", TEXT, "$.url", "Of a click, the page that the link leads to, without its query."),
    ),
    primary_key=("activity_id",),
    ignored=("fondaco",),
    description="One row per open, click or bounce.",
)

UNSUBSCRIBES = Table(
    "unsubscribes",
    columns=(
        Column("unsubscribe_id", TEXT, "$.fondaco.id", "campaign_id.member_id"),
        Column("campaign_id", TEXT, "$.campaign_id"),
        Column("list_id", TEXT, "$.list_id"),
        Column("member_id", TEXT, "$.email_id"),
        Column("unsubscribed_at", TIMESTAMP, "$.timestamp"),
    ),
    primary_key=("unsubscribe_id",),
    ignored=("email_address", "merge_fields", "vip", "reason", "list_is_active", "fondaco", "_links"),
    description="One row per contact that unsubscribed by a campaign.",
)
