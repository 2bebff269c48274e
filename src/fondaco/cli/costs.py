"""``fondaco costs``: the cost sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.control import CostVersion
    from fondaco.orchestration import Project
    from fondaco.orchestration.costs import CostSheet

app = typer.Typer(
    help="See and change what products, shipping, payments and the rest cost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Entry = Annotated[
    int, typer.Argument(help="The entry's number, as `fondaco costs show` tells it.", metavar="ENTRY")
]


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="The sheet, .csv or .toml, with the columns of docs/costs.md.")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Withdraw the entries that the sheet does not hold.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add and change what a sheet holds: all of it, or nothing where it has a fault.

    Example: fondaco costs import costs.csv --dry-run
    """
    from fondaco.costs import LARGEST_BYTES
    from fondaco.errors import ConfigError

    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.", "Give the path of a sheet.") from error
    with ctx.obj.project() as project:
        costs = _costs(project)
        sheet = costs.read(content, is_toml=file.suffix.lower() == ".toml")
        done = (costs.preview if dry_run else costs.take)(sheet, replace=replace)
    counts = {
        "added": len(done.added),
        "changed": len(done.changed),
        "withdrawn": len(done.withdrawn),
        "unchanged": done.unchanged,
    }
    if as_json:
        print_json({**counts, "dry_run": dry_run})
        return
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    typer.echo(f"{'Would be' if dry_run else 'Entries'}: {told}.")
    if not dry_run and not done.is_empty:
        typer.echo("They hold from the next `fondaco run` on.")


@app.command("show")
def show(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option("--kind", help="Only this kind.", show_default="every kind")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the entries that hold, by kind.

    Example: fondaco costs show --kind product_cost
    """
    from fondaco.costs import Kind, last_days, rate_text
    from fondaco.errors import ConfigError

    if kind and kind not in set(Kind):
        raise ConfigError(f"{kind!r} is not a kind of costs.", f"Take one of {', '.join(Kind)}.")
    with ctx.obj.project() as project:
        every = project.control.costs.current(project.tenant)
        rate = project.settings.profit.default_product_cost_rate
    ends = last_days([each.entry for each in every])
    order = list(Kind)
    found = sorted(
        (pair for pair in zip(every, ends, strict=True) if kind in ("", pair[0].kind)),
        key=lambda pair: (order.index(Kind(pair[0].kind)), pair[0].entry_id),
    )
    if as_json:
        print_json([{**_object(each), "last_day": end} for each, end in found])
        return
    print_table(
        ["entry", "kind", "item", "shop", "country", "weight or tier", "cost", "from", "to", "note"],
        [
            [str(each.entry_id), each.kind, each.item, each.connection_id, each.country, _range(each), _cost(each),
             each.valid_from, end, each.note]
            for each, end in found
        ],
        empty=f"No costs yet. Of goods {rate_text(rate)} of the price is assumed; import a sheet with `fondaco costs import FILE`.",
    )  # fmt: skip


@app.command("history")
def history(ctx: typer.Context, entry: Entry, as_json: AsJson = False) -> None:
    """Show every version of an entry, the newest first: who entered it, and when.

    Example: fondaco costs history 3
    """
    with ctx.obj.project() as project:
        found = project.control.costs.history(project.tenant, entry)
    if as_json:
        print_json([_object(each) for each in found])
        return
    rows = [
        [each.version, each.entered_at, each.entered_by, "withdrawn" if each.is_withdrawn else _cost(each),
         each.valid_from, each.valid_to, each.item, each.note]
        for each in found
    ]  # fmt: skip
    print_table(["version", "entered", "by", "cost", "from", "to", "item", "note"], rows)


@app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file, .csv or .toml.")],
    as_json: AsJson = False,
) -> None:
    """Write the entries that hold to a sheet, which `fondaco costs import` reads as the same.

    Example: fondaco costs export costs.toml
    """
    from fondaco.costs import write_csv, write_toml
    from fondaco.errors import ConfigError

    with ctx.obj.project() as project:
        entries = [each.entry for each in project.control.costs.current(project.tenant)]
    text = (write_toml if file.suffix.lower() == ".toml" else write_csv)(entries)
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.", "Give another path.") from error
    if as_json:
        print_json({"entries": len(entries), "file": str(file)})
    else:
        typer.echo(f"Wrote {len(entries):,} entries to {file}.")


@app.command("set")
def set_(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="The kind, such as product_cost.")],
    item: Annotated[str, typer.Option("--item", help="What it is for, such as a SKU.")] = "",
    shop: Annotated[str, typer.Option("--shop", help="Id or name of a shop, of messages of an account.", show_default="every shop")] = "",
    country: Annotated[
        str, typer.Option("--country", help="Its two letters.", show_default="every country")
    ] = "",
    weight_from: Annotated[str, typer.Option("--weight-from", help="Grams, inclusive.")] = "",
    weight_to: Annotated[str, typer.Option("--weight-to", help="Grams, exclusive.")] = "",
    tier_from: Annotated[str, typer.Option("--tier-from", help="Contacts or messages of a month, inclusive.")] = "",
    tier_to: Annotated[str, typer.Option("--tier-to", help="Contacts or messages of a month, exclusive.")] = "",
    messages: Annotated[str, typer.Option("--messages", help="How many the amount is for, each.")] = "",
    amount: Annotated[str, typer.Option("--amount", help="How much, such as 4.50.")] = "",
    rate: Annotated[str, typer.Option("--rate", help="A share, such as '40 %' or 0.4.")] = "",
    currency: Annotated[str, typer.Option("--currency", help="Of the amount.", show_default="the project's")] = "",
    valid_from: Annotated[str, typer.Option("--from", help="First day, such as 2026-01-31.")] = "",
    valid_to: Annotated[str, typer.Option("--to", help="Last day.")] = "",
    note: Annotated[str, typer.Option("--note", help="What you want to remember.")] = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Enter one cost; what was entered before for the same item, place, weights, tier and first day is changed.

    Example: fondaco costs set product_cost --item MUG-1 --amount 4.50 --from 2026-03-01
    """
    with ctx.obj.project() as project:
        costs = _costs(project)
        entry = costs.entry(
            {
                "kind": kind, "item": item, "shop": shop, "country": country, "weight_from": weight_from,
                "weight_to": weight_to, "tier_from": tier_from, "tier_to": tier_to, "messages": messages, "amount": amount, "rate": rate, "note": note, "valid_from": valid_from,
                "valid_to": valid_to, "currency": currency or project.settings.project.currency,
            }
        )  # fmt: skip
        kept = costs.put(entry)
    if as_json:
        print_json(_object(kept))
        return
    typer.echo(f"Entry {kept.entry_id}, version {kept.version}: {_cost(kept)}.")
    typer.echo("It holds from the next `fondaco run` on.")


@app.command("withdraw")
def withdraw(ctx: typer.Context, entry: Entry, as_json: AsJson = False) -> None:
    """Take an entry back; its history stays.

    Example: fondaco costs withdraw 3
    """
    with ctx.obj.project() as project:
        kept = _costs(project).withdraw(entry)
    if as_json:
        print_json(_object(kept))
        return
    typer.echo(f"Entry {entry} is withdrawn from the next `fondaco run` on.")


def _costs(project: Project) -> CostSheet:
    from fondaco.orchestration.costs import CostSheet

    return CostSheet(project.control, project.reader, project.tenant, "cli")


def _object(version: CostVersion) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "entry_id": version.entry_id,
        "version": version.version,
        **asdict(version.entry),
        "is_withdrawn": version.is_withdrawn,
        "entered_by": version.entered_by,
        "entered_at": version.entered_at,
    }


def _cost(version: CostVersion) -> str:
    """Amount, rate or both, as a sheet writes them; else whose spend it is."""
    from fondaco.costs import RULES, Value, texts_of

    if RULES[version.entry.kind].value is Value.NOTHING:
        return f"spend of {version.connection_id}"
    told = texts_of(version.entry)
    amount = f"{told['amount']} {told['currency']}" if told["amount"] else ""
    return " + ".join(part for part in (told["rate"], amount) if part)


def _range(version: CostVersion) -> str:
    """Of which weight, tier or number of messages it is."""
    from fondaco.costs import RULES

    if version.messages is not None:
        return f"{version.messages} messages"
    tier = RULES[version.entry.kind].tier
    low, high = (version.tier_from, version.tier_to) if tier else (version.weight_from, version.weight_to)
    unit = tier or "g"
    if low is None and high is None:
        return ""
    return f"{low or 0} {unit} and more" if high is None else f"{low or 0} to below {high} {unit}"
