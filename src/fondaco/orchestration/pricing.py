"""The part of the analyse step that looks at prices: how units answer to them, and which to ask."""

from __future__ import annotations

import csv
import logging
from datetime import UTC
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.clock import local_date
from fondaco.errors import ConfigError, FondacoError, unknown_error
from fondaco.orchestration.modelling import refuse_half_built
from fondaco.orchestration.progress import Event, Progress

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

_log = logging.getLogger(__name__)


def recommend_prices(project: Project, progress: Progress) -> None:
    """Estimate elasticities, recommend prices and plan markdowns, or write why that is not possible.

    Raises
    ------
    ConfigError
        If the last build has not ended well, or the file of competitors' prices cannot be read.
    """
    from fondaco.jobs.marking_down import Season
    from fondaco.jobs.pricing import PriceAsked, Rules, price_articles

    settings, own = project.settings.prices, project.settings.project
    if not settings.recommend:
        return
    refuse_half_built(project)
    progress(Event("analyse", "prices"))
    now = project.clock()
    file = settings.competitors
    asked = PriceAsked(
        tenant_id=project.tenant,
        today=local_date(now, own.timezone),
        made_at=now.astimezone(UTC).replace(tzinfo=None),
        currency=own.currency,
        rules=Rules(
            margin_goal=settings.margin_goal,
            max_step=settings.max_step,
            floor=settings.floor,
            endings=settings.endings,
            least_units=settings.least_units,
            confidence=settings.confidence,
            competitors={} if file is None else competitors_of(project.settings.folder / file),
            competitor_band=(settings.competitor_low, settings.competitor_high),
        ),
        season=Season(settings.markdown_weeks, settings.salvage, settings.floor, settings.endings),
        seconds=settings.seconds,
    )
    try:
        done = price_articles(project.warehouse, asked)
    except FondacoError:
        raise
    except Exception as error:  # a fault of ours here must not keep back the figures
        _log.exception("the look at prices met an unknown error")
        raise unknown_error("The look at prices", error) from error
    if done.why_not:
        detail = f"no price is recommended: {done.why_not}"
    else:
        detail = f"{done.articles:,} prices; {done.changes:,} to be changed, {done.plans:,} markdown plans"
    progress(Event("analyse", "prices", detail=detail, ended=True))


def competitors_of(file: Path) -> dict[str, float]:
    """What others ask, by article number in small letters.

    Raises
    ------
    ConfigError
        If the file cannot be read, lacks a column, or a price is none: names the line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            lines = csv.DictReader(opened)
            if not {"sku", "price"} <= {*(lines.fieldnames or ())}:
                raise ConfigError(
                    f"{file.name}, the file of [prices] competitors, lacks the column sku or price.",
                    "Write the columns sku,price into its first line.",
                )
            return {
                row["sku"].strip().casefold(): _price(row["price"], file, lines.line_num) for row in lines
            }
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            f"{file.name}, the file of [prices] competitors, cannot be read: {error}.",
            "Save it as CSV in UTF-8 in the project's folder, or take the setting out.",
        ) from error


def _price(text: str | None, file: Path, line: int) -> float:
    try:
        price = Decimal((text or "").strip())
        if not (price.is_finite() and price > 0):
            raise InvalidOperation
    except InvalidOperation:
        raise ConfigError(
            f"{file.name}, line {line}: the price is {(text or '')[:20]!r}.",
            "Write an amount above 0 such as 12.95.",
        ) from None
    return float(price)
