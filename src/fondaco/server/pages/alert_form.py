"""What the form of a rule offers: metrics by what they are of, what the chosen ones can be split and restricted by, and channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fondaco.alerts import Kind, Severity
from fondaco.alerts.sending.channels import KINDS
from fondaco.control import AlertChannel
from fondaco.metrics import MetricQuery, SemanticLayer
from fondaco.metrics.definitions import Metric
from fondaco.metrics.query import TIME_PARTS, TIME_STEPS
from fondaco.server.pages.choices import LABELS

_SOME_DAY = date(2026, 1, 1)
_WORDS: Mapping[str, str] = {
    **LABELS, "connection_id": "Shop", "sku": "SKU", "message_type": "E-mail or text",
    "abc_class": "ABC class", "xyz_class": "XYZ class",
}  # fmt: skip
_NAMES = frozenset({"shop", "product", "campaign"})
"""Names, which two things may share: a rule is for each of the things, and is restricted to a name, which people can type."""
_IDS = frozenset({"connection_id", "product_id", "campaign_id"})


@dataclass(frozen=True, slots=True)
class Offer:
    """What goes together with what is in the form.

    Attributes
    ----------
    metrics, wholes
        What can be judged by the day, by group; and what a share may be a part of.
    of_now
        What says how things are now and so cannot be judged by the day, in words.
    where, for_each
        Dimensions with their labels.
    has_shops
        Whether the metric is known shop by shop.
    refused
        By field, why what was chosen there does not go; the choice is left out of the others.
    """

    metrics: Mapping[str, Sequence[Metric]]
    of_now: Sequence[str]
    where: Mapping[str, str]
    for_each: Mapping[str, str]
    has_shops: bool
    about: Metric | None = None
    refused: Mapping[str, str] = field(default_factory=dict)


def offer(layer: SemanticLayer, texts: Mapping[str, str]) -> Offer:
    """What the form offers where ``texts`` are its fields, as they were typed."""
    judged = {
        group: dated
        for group, metrics in layer.groups.items()
        if (dated := [metric for metric in metrics if metric.is_dated])
    }
    of_now = [metric.label for metric in layer.metrics if not metric.is_dated]
    by_name = {metric.name: metric for metrics in judged.values() for metric in metrics}
    metric = by_name.get(texts.get("metric", ""))
    if metric is None:
        refused = {"metric": _no_metric(layer, texts.get("metric", ""))}
        return Offer(judged, of_now, {}, {}, has_shops=True, refused=refused)
    of = texts.get("of", "") if texts.get("kind") == Kind.SHARE else ""
    names = (metric.name, *([of] if of in by_name else []))
    return _with_parts(layer, texts, Offer(judged, of_now, {}, {}, has_shops=True, about=metric), names)


def _with_parts(
    layer: SemanticLayer, texts: Mapping[str, str], found: Offer, names: tuple[str, ...]
) -> Offer:
    """With the dimensions that ``names`` have: for conditions, and after these for parts."""
    figures = " and ".join(in_sentence(layer.metric(name).label) for name in names)

    def goes(where: Mapping[str, tuple[str, ...]], *by: str) -> bool:
        asked = MetricQuery(
            names, ("day", *by), first=_SOME_DAY, last=_SOME_DAY, where=where,
            clock="order" if texts.get("clock") == "order" else "finance",
        )  # fmt: skip
        return layer.answers(asked)

    refused: dict[str, str] = {}
    where: dict[str, tuple[str, ...]] = {}
    has_shops = goes({"connection_id": ("any",)})
    if texts.get("shop"):
        if has_shops:
            where["connection_id"] = (texts["shop"],)
        else:
            refused["shop"] = f"No shop is known of {figures}."
    values = tuple(each.strip() for each in texts.get("where_values", "").split(","))
    labels = _labels(layer)
    conditions = {
        name: label
        for name, label in labels.items()
        if name not in _IDS and name != "shop" and goes({**where, name: ("any",)})
    }
    if chosen := texts.get("where_name", ""):
        if goes({**where, chosen: values}):
            conditions.setdefault(chosen, labels.get(chosen, chosen))
            where[chosen] = values
        else:
            refused["where_name"] = f"No {_called(labels, chosen)} is known of {figures}."
    parts = {name: label for name, label in labels.items() if name not in _NAMES and goes(where, name)}
    if chosen := texts.get("for_each", ""):
        if goes(where, chosen):
            parts.setdefault(chosen, labels.get(chosen, chosen))
        else:
            condition = "With this condition" if goes({}, chosen) else "Choose another"
            refused["for_each"] = f"{condition}: {figures} cannot be split by {_called(labels, chosen)}."
    return Offer(
        found.metrics,
        found.of_now,
        conditions,
        parts,
        has_shops=has_shops,
        about=found.about,
        refused=refused,
    )


def _no_metric(layer: SemanticLayer, name: str) -> str:
    known = next((metric for metric in layer.metrics if metric.name == name), None)
    if known is None:
        return f"There is no metric {name[:63]}." if name else "Choose a metric."
    return f"{known.label} says how things are now, so no day of it can be judged."


def _labels(layer: SemanticLayer) -> dict[str, str]:
    """Dimensions in words."""
    left_out = {*TIME_STEPS, *TIME_PARTS, "hour", "variant_id", "location_id"}
    return {
        name: _WORDS.get(name, name.replace("_", " ").capitalize())
        for name in layer.dimensions
        if name not in left_out
    }


def _called(labels: Mapping[str, str], name: str) -> str:
    return in_sentence(labels.get(name, name.replace("_", " ")))


def in_sentence(label: str) -> str:
    """A label within a sentence; abbreviations, such as ROAS and nCAC, stay as they are."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """A channel as the form has it: where it leads, and why it would tell nothing of this rule."""

    name: str
    leads_to: str
    is_chosen: bool
    silence: str


def channel_choices(
    channels: Sequence[AlertChannel], chosen: Sequence[str], severity: str
) -> list[ChannelChoice]:
    """The channels there are, and those that the rule names although they are gone."""
    rank = Severity(severity).rank if severity in set(Severity) else Severity.WARNING.rank
    found = []
    for channel in channels:
        silence = "" if channel.is_on else "It is off."
        if not silence and rank < Severity(channel.severity).rank:
            told = "critical alerts" if channel.severity == "critical" else "warnings and critical alerts"
            silence = f"It is for {told} only."
        leads_to = f"{KINDS[channel.kind].title} to {channel.leads_to}"
        found.append(ChannelChoice(channel.name, leads_to, channel.name in chosen, silence))
    known = {channel.name for channel in channels}
    gone = [name for name in chosen if name not in known]
    return found + [ChannelChoice(name, "", True, "It is not there any more.") for name in gone]
