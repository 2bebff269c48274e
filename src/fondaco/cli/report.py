"""``fondaco report``: the weekly summary, the morning digest, and a report to print or hand over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondaco.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from fondaco.orchestration import Project
    from fondaco.reports.content import Books

app = typer.Typer(
    help="Write the weekly summary, the morning digest, and reports to print.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("weekly")
def weekly(
    ctx: typer.Context,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Send it to this address; may be given several times.", show_default=False),
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(help="Write the mail to this file as HTML, and send nothing.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the summary of the last full week; send it to the addresses given, or look at it first.

    Subscribers get it on Mondays from `fondaco up`; this command does not count as their mail.

    Example: fondaco report weekly --preview summary.html
    """
    from fondaco.clock import local_date
    from fondaco.orchestration.address import base_url
    from fondaco.reports.mail import Postbox
    from fondaco.reports.weekly import weekly_content, weekly_letter

    if not to and preview is None:
        raise typer.BadParameter("name a receiver, or a file to look at", param_hint="--to or --preview")
    with ctx.obj.project() as project:
        post = Postbox(project.settings.mail) if preview is None else None
        today = local_date(project.clock(), project.settings.project.timezone)
        content = weekly_content(_books(project), today)
        letter = weekly_letter(content, base_url(project.settings))
        sent = 0
        if preview is not None:
            preview.write_text(letter.html, encoding="utf-8")
        for receiver in to or () if post else ():
            assert post is not None
            post.send(letter, receiver)
            sent += 1
        if as_json:
            print_json({"week": content.span.name, "subject": letter.subject, "sent": sent})
        elif preview is not None:
            typer.echo(f"The summary of {content.span.label} is in {preview}; nothing was sent.")
        else:
            typer.echo(
                f"The summary of {content.span.label} went to {sent} receiver{'s' if sent > 1 else ''}."
            )


@app.command("digest")
def digest(
    ctx: typer.Context,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Send it to this address; may be given several times.", show_default=False),
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(help="Write the mail to this file as HTML, and send nothing.")
    ] = None,
    always: Annotated[bool, typer.Option("--always", help="Also where nothing is to be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the morning digest, the list of page Today; send it to the addresses given, or look at it first.

    Subscribers get it every morning from `fondaco up`; this command does not count as their mail.

    Example: fondaco report digest --to you@example.com
    """
    from fondaco.errors import ConfigError
    from fondaco.orchestration.address import base_url
    from fondaco.orchestration.mailing_digest import digest_of
    from fondaco.reports.digest import digest_letter
    from fondaco.reports.mail import Postbox

    if not to and preview is None:
        raise typer.BadParameter("name a receiver, or a file to look at", param_hint="--to or --preview")
    with ctx.obj.project() as project:
        post = Postbox(project.settings.mail) if preview is None else None
        found = digest_of(project)
        if found is None:
            raise ConfigError(
                "No run of today has looked at stock, so there is no list of today.",
                "Start one with `fondaco run`; docs/ordering.md says what it needs.",
            )
        letter, sent = digest_letter(found, base_url(project.settings)), 0
        if preview is not None:
            preview.write_text(letter.html, encoding="utf-8")
        for receiver in to or () if post and (found.count or always) else ():
            assert post is not None
            post.send(letter, receiver)
            sent += 1
    if as_json:
        print_json({"day": found.day, "proposals": found.count, "subject": letter.subject, "sent": sent})
    elif preview is not None:
        typer.echo(f"The digest of {found.day} is in {preview}; nothing was sent.")
    elif not sent:
        typer.echo("Nothing is to be done today, so nothing was sent; --always sends it all the same.")
    else:
        typer.echo(f"The digest of {found.day} went to {sent} receiver{'s' if sent > 1 else ''}.")


@app.command("pdf")
def pdf(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="Write the PDF to this file.")],
    period: Annotated[
        str | None,
        typer.Option(help="2026, 2026-Q3, 2026-10 or 2026-W47.", show_default="the last month that is over"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of a month, quarter, year or week as a PDF: what you hand to your accountant.

    Example: fondaco report pdf --period 2026-10 --out october.pdf
    """
    from fondaco.clock import local_date
    from fondaco.reports.content import write_content
    from fondaco.reports.pdf import write_pdf
    from fondaco.reports.spans import last_full_month, parse_span
    from fondaco.server.assets import STATIC

    with ctx.obj.project() as project:
        today = local_date(project.clock(), project.settings.project.timezone)
        span = parse_span(period) if period else last_full_month(today)
        formulas = {metric.name: metric.formula for metric in project.metrics.metrics}
        out.write_bytes(write_pdf(write_content(_books(project), span, top=10), formulas, STATIC / "vendor"))
        if as_json:
            print_json({"period": span.name, "file": str(out)})
        else:
            typer.echo(f"The report of {span.label} is in {out}.")


def _books(project: Project) -> Books:
    from fondaco.reports.content import Books

    return Books(project.control, project.metrics, project.reader, project.tenant, project.clock())
