"""The one shape of every error."""

from __future__ import annotations

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse


class ErrorBody(BaseModel):
    what: str = Field(description="What happened, with the values.")
    remedy: str = Field(description="What to do about it.")
    code: str = Field(
        description="unauthorized, forbidden, not_found, conflict, invalid, too_many, try_again or fault."
    )


class ErrorAnswer(BaseModel):
    error: ErrorBody


def api_error(
    status: int, what: str, remedy: str, code: str, wait_seconds: int | None = None
) -> JSONResponse:
    body = ErrorAnswer(error=ErrorBody(what=what, remedy=remedy, code=code))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if wait_seconds is not None:
        headers["Retry-After"] = str(wait_seconds)
    return JSONResponse(body.model_dump(), status, headers)
