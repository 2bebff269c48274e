"""A client of Fondaco's API in a hundred lines: copy it, change it.

    export FONDACO_URL=http://127.0.0.1:8000 FONDACO_TOKEN=fnd_…   # fondaco tokens create laptop
    python client.py

Needs httpx; and pyarrow where tables are wanted.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from types import TracebackType

    import pyarrow as pa


class FondacoApiError(Exception):
    """An error of the API: what happened, what to do, and a code that does not change."""

    def __init__(self, status: int, what: str, remedy: str, code: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.status, self.code = status, code


class Fondaco:
    """Asks one project. Waits where it is told that it asks too often."""

    def __init__(self, url: str, token: str, *, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60, transport=transport)

    def metrics(self, *names: str, by: str = "", **question: Any) -> list[dict[str, Any]]:
        """Figures: ``metrics("net_sales", "orders", by="month", **{"from": "2026-01-01"})``. Amounts are strings of decimals."""
        asked = {"metrics": ",".join(names), "by": by, **question}
        rows: list[dict[str, Any]] = []
        while True:
            answer = self._get("/metrics/query", **asked).json()
            rows += answer["rows"]
            if answer["next"] is None:
                return rows
            asked["cursor"] = answer["next"]

    def customers(self, *, segment: str | None = None, page: int = 1_000) -> Iterator[dict[str, Any]]:
        """All customers, or those of a segment; page after page is fetched while they are read."""
        asked: dict[str, Any] = {"limit": page} | ({"segment": segment} if segment else {})
        while True:
            answer = self._get("/customers", **asked).json()
            yield from answer["rows"]
            if answer["next"] is None:
                return
            asked["cursor"] = answer["next"]

    def models(self) -> dict[str, dict[str, Any]]:
        """The models of customers, by name."""
        return {model["model"]: model for model in self._get("/models").json()}

    def table(self, path: str, **question: Any) -> pa.Table:
        """Any address that knows Parquet, as one Arrow table of all its pages: ``table("/customers", limit=10_000)``."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        pages: list[pa.Table] = []
        while True:
            answer = self._get(path, format="parquet", **question)
            pages.append(pq.read_table(pa.BufferReader(answer.content)))
            if "next" not in answer.links:
                return pa.concat_tables(pages)
            question["cursor"] = httpx.URL(answer.links["next"]["url"]).params["cursor"]

    def _get(self, path: str, **question: Any) -> httpx.Response:
        while True:
            answer = self._http.get(path, params=question)
            if answer.status_code != 429:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        if answer.is_error:
            raise FondacoApiError(answer.status_code, **answer.json()["error"])
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()


def main() -> None:
    with Fondaco(os.environ["FONDACO_URL"], os.environ["FONDACO_TOKEN"]) as shop:
        # Without days the newest thirty are meant: a month that begins before them would come short.
        first = (datetime.now(UTC).date().replace(day=1) - timedelta(365)).replace(day=1)
        for row in shop.metrics("net_sales", "orders", by="month", **{"from": first.isoformat()}):
            sys.stdout.write(f"{row['month']}  {row['net_sales']:>16}  {row['orders']:>8}\n")
        best = sorted(shop.customers(segment="Champions"), key=lambda c: float(c["expected_value"] or 0))[-5:]
        for customer in reversed(best):
            sys.stdout.write(f"{customer['person_id']}  {customer['expected_value']}\n")


if __name__ == "__main__":
    main()
