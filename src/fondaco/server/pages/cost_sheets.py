"""The cost sheet as a file: what one would change is shown before it is kept, and the entries that hold are taken away as one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.control import User
from fondaco.costs import CostEntry, CostsError, Plan, Sheet, write_csv, write_toml
from fondaco.errors import ConfigError
from fondaco.server.auth.roles import costing_user, exporting_user
from fondaco.server.auth.sessions import CheckedForm, current_user, form_token
from fondaco.server.notices import Notice
from fondaco.server.pages.cost_view import Words, changes, sheet_of
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)], prefix="/costs")
TheSite = Annotated[Site, Depends(the_site)]
Keeper = Annotated[User, Depends(costing_user)]
Taker = Annotated[User, Depends(exporting_user)]

SHOWN = 200
"""Changes of a sheet that are listed before it is kept; all are counted."""


@router.get("/costs.csv")
def as_csv(site: TheSite, user: Taker) -> Response:
    return _file("costs.csv", "text/csv", write_csv(_kept(site)))


@router.get("/costs.toml")
def as_toml(site: TheSite, user: Taker) -> Response:
    return _file("costs.toml", "application/toml", write_toml(_kept(site)))


@router.get("/template.csv")
def template() -> Response:
    """The columns of a sheet, and no entry."""
    return _file("costs-template.csv", "text/csv", write_csv([]))


@router.post("/sheet", dependencies=[CheckedForm])
def look_at(
    request: Request,
    site: TheSite,
    user: Keeper,
    file: Annotated[UploadFile | None, File()] = None,
    replace: Annotated[bool, Form()] = False,
) -> Response:
    """What a sheet would add, change and withdraw; nothing is kept yet."""
    content = file.file.read() if file else b""
    is_toml = bool(file and (file.filename or "").lower().endswith(".toml"))
    try:
        if not content:
            raise ConfigError("There is no sheet in the form, or it is empty.", "Choose a CSV or TOML file.")
        return _preview(request, site, user, content, is_toml=is_toml, replace=replace)
    except ConfigError as error:
        return _refused(request, site, user, error)


@router.post("/sheet/keep", dependencies=[CheckedForm])
def keep(
    *,
    request: Request,
    site: TheSite,
    user: Keeper,
    content: Annotated[str, Form()] = "",
    seen: Annotated[int, Form()] = -1,
    toml: Annotated[bool, Form()] = False,
    replace: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a sheet that was looked at; where costs were changed meanwhile, it is shown once more."""
    raw = content.encode("utf-8", "replace")
    try:
        if seen != site.control.costs.count(site.tenant_id):
            return _preview(request, site, user, raw, is_toml=toml, replace=replace, is_late=True)
        costs = sheet_of(site, user)
        done = costs.take(costs.read(raw, is_toml=toml), replace=replace)
    except ConfigError as error:
        return _refused(request, site, user, error)
    counts = f"{len(done.added)} added, {len(done.changed)} changed, {len(done.withdrawn)} withdrawn"
    site.notices.add(user.user_id, Notice(f"Kept: {counts}. They hold from the next run on."))
    return RedirectResponse("/costs", 303)


def _preview(
    request: Request,
    site: Site,
    user: User,
    content: bytes,
    *,
    is_toml: bool,
    replace: bool,
    is_late: bool = False,
) -> HTMLResponse:
    costs = sheet_of(site, user)
    # Counted before it is read: what is changed in between is noticed when the sheet is kept.
    seen = site.control.costs.count(site.tenant_id)
    sheet: Sheet = costs.read(content, is_toml=is_toml)
    plan = costs.preview(sheet, replace=replace)
    html = site.render(
        "costs_preview.html", request, page="costs", user=user, csrf=form_token(request), plan=plan, entries=len(sheet.entries),
        rows=_rows(plan, Words(site, site.numbers(request))), content=content.decode("utf-8-sig"), seen=seen, is_toml=is_toml,
        replace=replace, is_late=is_late,
    )  # fmt: skip
    return HTMLResponse(html, 409 if is_late else 200)


def _refused(request: Request, site: Site, user: User, error: ConfigError) -> HTMLResponse:
    faults = error.faults if isinstance(error, CostsError) else ()
    html = site.render(
        "costs_refused.html", request, page="costs", user=user, csrf=form_token(request), faults=faults[:SHOWN],
        total=len(faults), error=error,
    )  # fmt: skip
    return HTMLResponse(html, 422)


def _rows(plan: Plan, words: Words) -> list[dict[str, object]]:
    """What is added, changed and withdrawn, in this order, as far as it is shown."""

    def told(what: str, tone: str, entry: CostEntry, before: CostEntry | None = None) -> dict[str, object]:
        row = words.row(0, entry, entry.valid_to)
        return {"what": what, "tone": tone, "row": row, "changes": changes(before, entry) if before else []}

    rows = [
        *(told("Added", "good", entry) for entry in plan.added[:SHOWN]),
        *(told("Changed", "warn", after, before) for _, before, after in plan.changed[:SHOWN]),
        *(told("Withdrawn", "bad", entry) for _, entry in plan.withdrawn[:SHOWN]),
    ]
    return rows[:SHOWN]


def _kept(site: Site) -> list[CostEntry]:
    return [each.entry for each in site.control.costs.current(site.tenant_id)]


def _file(name: str, kind: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)
