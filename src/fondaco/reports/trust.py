"""Whether figures can be trusted, in the words that stand beside them: the seal of reconciliation, and what runs warned of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fondaco.control import ControlPlane
from fondaco.numbers import Numbers

_RUNS_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Seal:
    """The reconciliation seal as it is shown."""

    text: str
    detail: str
    tone: str
    icon: str
    left_out: str = ""
    """What no comparison covers, as a sentence; empty where that is nothing."""


def seal_of(
    control: ControlPlane,
    tenant_id: str,
    numbers: Numbers,
    shop: str | None = None,
    *,
    first: date | None = None,
    last: date | None = None,
) -> Seal:
    """Whether our figures match the shops' own reports over [first, last], or over all that was ever compared."""
    summary = control.reconciliation.seal(tenant_id, shop, first, last)
    if summary.state == "not compared" or summary.first_day is None or summary.last_day is None:
        return Seal("Not compared yet", "", "none", "shield-question")
    span = numbers.period(summary.first_day, summary.last_day)
    if summary.state == "matched":
        without = f" · without orders in {' and '.join(summary.left_out)}" if summary.left_out else ""
        return Seal(
            "Matched to the cent", span + without, "good", "shield-check", summary.left_out_in_words()
        )
    gaps = [
        Numbers(numbers.locale, currency, numbers.time_zone).money(gap)
        for currency, gap in summary.largest_gap.items()
    ]
    days = f"{summary.days_off} day{'s' if summary.days_off > 1 else ''}"
    by = " and ".join(gaps) if gaps else "some orders"
    return Seal(
        f"Off by up to {by} on {days}",
        f"of {summary.days_compared} compared",
        "bad",
        "shield-x",
        summary.left_out_in_words(),
    )


def warnings_since(
    control: ControlPlane, tenant_id: str, numbers: Numbers, since: datetime, until: datetime
) -> tuple[str, ...]:
    """What a reader of figures up to ``until`` must know: data that are older, runs since ``since`` that failed, and what the
    newest run warned of. Sentences; none where all went well."""
    said = []
    published = control.runs.last_published(tenant_id)
    if published is None:
        said.append("No run has published yet.")
    elif published.started_at < until:
        when = numbers.instant(published.started_at)
        said.append(f"The figures are those of {when}: sales after that are missing.")
    runs = [run for run in control.runs.recent(tenant_id, _RUNS_LOOKED_AT) if run.started_at >= since]
    failed = sum(run.outcome in ("failed", "aborted") for run in runs)
    if failed:
        said.append(f"{failed} of {len(runs)} runs did not come to their end.")
    if runs:
        newest = runs[0]
        if newest.error:
            said.append(" ".join(newest.error.split()))
        said += newest.health_reasons
    return tuple(dict.fromkeys(said))
