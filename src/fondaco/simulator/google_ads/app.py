"""Google Ads beside the other vendors: its log-in over HTTP, and a gRPC server that lives as long as the application.

POST /google_ads/token      the OAuth log-in
GET  /google_ads/endpoint   where the gRPC server answers, and the certificate that vouches for it
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from fondaco.errors import ConfigError
from fondaco.simulator.faults import Faults
from fondaco.simulator.google_ads.access import CLIENT_ID, CLIENT_SECRET, Access
from fondaco.simulator.google_ads.book import Directory
from fondaco.simulator.google_ads.service import BATCH_ROWS, GoogleAdsServer
from fondaco.simulator.google_ads.world import REFRESH_TOKEN, directory_of
from fondaco.simulator.store import Store


def create_app(
    store: Store, faults: Faults, *, directory: Directory | None = None, batch_rows: int = BATCH_ROWS
) -> Starlette:
    """The log-in and the gRPC server of the world's account, or of ``directory``."""
    known = directory or directory_of(store)
    access = Access(known)
    server = GoogleAdsServer(known, access, faults, batch_rows=batch_rows)

    async def endpoint(request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "endpoint": server.endpoint,
                "root_certificate": server.certificate.chain.decode(),
                "customer_ids": [f"{one:010d}" for one in known.books],
            }
        )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        server.start()
        yield
        server.stop()

    app = Starlette(
        routes=[
            Route("/google_ads/token", access.token, methods=["POST"]),
            Route("/google_ads/endpoint", endpoint),
        ],
        lifespan=lifespan,
    )
    app.state.server = server
    return app


def demo_settings(base_url: str, account_id: int | None = None) -> dict[str, Any]:
    """Settings of a connection to an account of a running simulator, or to its first one."""
    answer = httpx.get(f"{base_url}/google_ads/endpoint", trust_env=False)
    if answer.status_code != 200:
        raise ConfigError(
            f"The simulator at {base_url} serves no Google Ads.",
            "Install what it needs with `pip install 'fondaco[google-ads]'` and start it again.",
        )
    place = answer.json()
    return {
        "customer_id": f"{account_id:010d}" if account_id else place["customer_ids"][0],
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "endpoint": place["endpoint"],
        "root_certificate": place["root_certificate"],
        "token_url": f"{base_url}/google_ads/token",
    }
