"""What is decided about who is who on the page of a customer: split, join, and take back."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from fondaco.control import User
from fondaco.server.auth.roles import people_user
from fondaco.server.auth.sessions import CheckedForm, form_token
from fondaco.server.notices import Notice
from fondaco.server.pages.person_accounts import candidates, persons_of
from fondaco.server.pages.persons import page_of
from fondaco.server.site import Site, the_site

# Not a router of pages: there only owners change anything, and who is who is for all who may see persons.
router = APIRouter(include_in_schema=False, dependencies=[CheckedForm], prefix="/customers/{person_id}")
TheSite = Annotated[Site, Depends(the_site)]
Decider = Annotated[User, Depends(people_user)]

LONGEST_WORDS = 200


@router.post("/split")
def split(
    person_id: str,
    site: TheSite,
    user: Decider,
    record: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Some of a person's accounts are somebody else."""

    def work() -> Notice:
        persons_of(site, user).split(person_id, record)
        what = "The account is" if len(record) == 1 else "The accounts are"
        return Notice(f"Decided. {what} another customer from the next run on.")

    return site.notices.answer(user.user_id, _address(person_id), work)


@router.post("/join")
def join(
    person_id: str, site: TheSite, user: Decider, other: Annotated[str, Form(max_length=63)] = ""
) -> Response:
    """Another customer is the same person."""

    def work() -> Notice:
        persons_of(site, user).join(person_id, other)
        return Notice("Decided. The two are one customer from the next run on.")

    return site.notices.answer(user.user_id, _address(person_id), work)


@router.post("/undo")
def undo(
    person_id: str, site: TheSite, user: Decider, decision: Annotated[int, Form(ge=1, le=2**31 - 1)]
) -> Response:
    """Take back a decision that waits."""

    def work() -> Notice:
        persons_of(site, user).undo(decision)
        return Notice("The decision is taken back.")

    return site.notices.answer(user.user_id, _address(person_id), work)


@router.post("/same")
def look_for_the_same(
    person_id: str,
    request: Request,
    site: TheSite,
    user: Decider,
    text: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Who may be the same customer; the words are a person's, so they come in the body of a form."""
    words = text.strip()[:LONGEST_WORDS]
    numbers = site.numbers(request, site.currency)
    found = {"words": words, "candidates": candidates(site, numbers, person_id, words)}
    if not request.headers.get("hx-request"):
        return page_of(person_id, request, site, user, same=found)
    context = {"person_id": person_id, "same": found, "csrf": form_token(request)}
    return HTMLResponse(site.render("parts/same_customers.html", request, numbers=numbers, **context))


def _address(person_id: str) -> str:
    return f"/customers/{quote(person_id, safe='')}#accounts"
