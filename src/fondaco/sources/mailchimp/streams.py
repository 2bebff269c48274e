"""The streams of Mailchimp: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.mailchimp import tables
from fondaco.sources.stream import Stream, SyncMode

RESTATED = timedelta(days=30)
"""Opens, clicks, unsubscribes and orders go on for weeks after a send."""

STREAMS = (
    Stream(
        "lists",
        (tables.LISTS,),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("lists",),
        description="Audiences. Read whole: their counts change all the time.",
        in_report=False,
    ),
    Stream(
        "segments",
        (tables.SEGMENTS,),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("lists",),
        description="Segments and tags of all audiences. Read whole: a joined or left contact does not move updated_at.",
        in_report=False,
    ),
    Stream(
        "members",
        (tables.MEMBERS, tables.MEMBER_TAGS),
        SyncMode.INCREMENTAL,
        backfill_window=timedelta(days=365),
        scopes=("lists",),
        description="Contacts of all audiences with their tags, by the time they were last changed.",
        in_report=False,
    ),
    Stream(
        "campaigns",
        (tables.CAMPAIGNS, tables.CAMPAIGN_VARIANTS),
        SyncMode.CREATED,
        backfill_window=timedelta(days=365),
        overlap=timedelta(days=1),
        lookback=RESTATED,
        scopes=("campaigns",),
        description="Campaigns that were made or sent in the window; those of the last 30 days are read again each day.",
        in_report=False,
    ),
    Stream(
        "automations",
        (tables.AUTOMATIONS, tables.AUTOMATION_EMAILS),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("automations",),
        description="Classic automations with their e-mails. Read whole: there is no filter for changed ones.",
        in_report=False,
    ),
    Stream(
        "reports",
        (tables.REPORTS, tables.REPORT_HOURS, tables.AUTOMATION_READINGS),
        SyncMode.CREATED,
        backfill_window=timedelta(days=365),
        overlap=timedelta(days=3),
        lookback=RESTATED,
        scopes=("reports",),
        description="What each campaign brought, by the time it was sent. Those sent in the last 30 days are read again "
        "each day: their figures grow. Reports of automations' e-mails are read in each run.",
        in_report=False,
    ),
    Stream(
        "recipients",
        (tables.RECIPIENTS,),
        SyncMode.CREATED,
        backfill_window=timedelta(days=90),
        overlap=timedelta(days=1),
        lookback=timedelta(days=3),
        scopes=("reports",),
        description="To whom each campaign was sent, by the time it was sent; bounces come in for three days.",
        in_report=False,
    ),
    Stream(
        "email_activity",
        (tables.EMAIL_ACTIVITY,),
        SyncMode.CREATED,
        backfill_window=timedelta(days=90),
        overlap=timedelta(days=1),
        lookback=timedelta(days=3),
        scopes=("reports",),
        description="Opens, clicks and bounces, one row each, by the time they happened.",
        in_report=False,
    ),
    Stream(
        "unsubscribes",
        (tables.UNSUBSCRIBES,),
        SyncMode.CREATED,
        backfill_window=timedelta(days=90),
        overlap=timedelta(days=1),
        lookback=RESTATED,
        scopes=("reports",),
        description="Who unsubscribed by which campaign. Those of campaigns of the last 30 days are read again each day.",
        in_report=False,
    ),
)  # fmt: skip
