"""Settings of a project: ``fondaco.toml``, over it the environment (``FONDACO_…``), under it the defaults.

A project is a folder with a ``fondaco.toml``. Its data (warehouse, spool, logs, control database, key) lie in
``.fondaco`` inside it, or where ``FONDACO_HOME`` points.
"""

from __future__ import annotations

import os
import tomllib
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from fondaco.clock import zone
from fondaco.errors import ConfigError

PROJECT_FILE = "fondaco.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProjectSettings(_Section):
    """``[project]``: who the merchant is."""

    name: str = Field("shop", description="Shown in the dashboard's title.")
    tenant: str = Field("default", pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="Stands in every row.")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="Reporting currency (ISO 4217).")
    timezone: str = Field(
        "UTC", description="IANA zone of the schedule; each shop's days follow its own zone."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value


class WarehouseSettings(_Section):
    """``[warehouse]``: where the tables live."""

    kind: Literal["duckdb", "postgres"] = Field("duckdb", description="The engine.")
    url: SecretStr | None = Field(
        None, description="For postgres: postgresql://user:password@host:port/database."
    )
    memory_limit: str = Field(
        "1GB",
        pattern=r"(?i)^\d+(\.\d+)?\s*([KMGT]i?B|%)$",
        description="DuckDB's memory while it lands and builds, such as 2GB.",
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 2, ge=1, le=1024, description="Threads for builds."
    )


class ControlSettings(_Section):
    """``[control]``: the application database."""

    url: SecretStr | None = Field(
        None, description="SQLAlchemy URL; default is SQLite in the project's data folder."
    )


class ScheduleSettings(_Section):
    """``[schedule]``: when ``fondaco up`` runs the pipeline."""

    cron: str = Field(
        "0 2 * * *", description="Five fields: minute hour day month weekday, in the project's zone."
    )


class ReconcileSettings(_Section):
    """``[reconcile]``: when a gap to the vendor's report fails the run's health."""

    days: int = Field(35, ge=1, le=3653, description="How many days back every run compares.")
    tolerance: float = Field(
        0.005,
        ge=0,
        allow_inf_nan=False,
        description="Allowed gap per day and amount, in the shop's currency; an order more or less is never allowed.",
    )


class AnalyticsSettings(_Section):
    """``[analytics]``: what customers are expected to do."""

    horizon_days: int = Field(
        365, ge=30, le=3650, description="How many days ahead a customer's value is counted."
    )
    churn_days: int = Field(
        90, ge=7, le=730, description="A customer who buys nothing for so many days counts as having left."
    )
    yearly_discount: float = Field(
        0.1,
        gt=0,
        le=1,
        allow_inf_nan=False,
        description="By how much money of next year is worth less than today's, as a share.",
    )


class StockSettings(_Section):
    """``[stock]``: what is proposed to be ordered, transferred and marked down."""

    forecast: bool = Field(
        True,
        description="Whether runs forecast demand and propose what to do. It needs the extra `forecasting`.",
    )
    horizon_days: int = Field(
        91, ge=14, le=182, description="How many days ahead demand is forecast, where the history bears it."
    )
    service_level: float = Field(
        0.95,
        ge=0.5,
        le=0.999,
        allow_inf_nan=False,
        description="With which probability nothing is to run out until the goods of the next order are there.",
    )
    order_days: int = Field(
        7, ge=1, le=182, description="For how many days of demand an order is to last: how often one orders."
    )
    lead_time_days: int = Field(
        14, ge=0, le=365, description="Days from order to goods where neither orders nor the supplier tell."
    )
    transfer_days: int = Field(2, ge=0, le=60, description="Days from one of your locations to another.")
    dead_days: int = Field(
        90, ge=14, le=730, description="What has not sold for so many days, though it could, lies dead."
    )


class PriceSettings(_Section):
    """``[prices]``: which prices are recommended."""

    recommend: bool = Field(
        True,
        description="Whether runs estimate how units answer to price and recommend prices. It needs the extra `analytics`.",
    )
    margin_goal: float = Field(
        0.0,
        ge=0,
        lt=0.95,
        allow_inf_nan=False,
        description="Which share of what a piece brings is to be left when it is paid for, such as 0.45; 0 asks for profit alone, and never "
        "below cost.",
    )
    max_step: float = Field(
        0.1,
        gt=0,
        le=0.5,
        allow_inf_nan=False,
        description="By how much a price may move at once, as a share of it.",
    )
    floor: float = Field(
        0,
        ge=0,
        allow_inf_nan=False,
        description="The lowest price of all, in the shop's currency, as buyers see it.",
    )
    endings: Annotated[tuple[float, ...], NoDecode] = Field(
        (),
        description="What new prices end in, such as [0.49, 0.95, 0.99]; in the environment with commas between. Any price without it.",
    )
    least_units: float = Field(
        0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Which share of today's pieces is still to be sold at a new price.",
    )
    confidence: float = Field(
        0.8,
        ge=0.5,
        lt=1,
        allow_inf_nan=False,
        description="With which probability profit has to rise, for a price to be changed at all.",
    )
    competitors: Path | None = Field(
        None,
        description="A CSV file in the project's folder with the columns `sku` and `price`: what others ask, as buyers see it.",
    )
    competitor_low: float = Field(
        0.8,
        gt=0,
        le=1,
        allow_inf_nan=False,
        description="Prices are not set below this share of the competitor's.",
    )
    competitor_high: float = Field(
        1.1,
        ge=1,
        le=10,
        allow_inf_nan=False,
        description="Prices are not set above this multiple of the competitor's.",
    )
    markdown_weeks: int = Field(
        8, ge=1, le=52, description="In how many weeks a season's leftovers are to be sold off."
    )
    salvage: float = Field(
        0.1,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="What a piece is worth that is left after that, as a share of its cost.",
    )
    seconds: int = Field(
        60,
        ge=1,
        le=3600,
        description="How long the estimate may take; the products that sell most come first.",
    )

    @field_validator("endings", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else value

    @field_validator("endings")
    @classmethod
    def _within_one(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0 <= ending < 1 for ending in value):
            raise ValueError("endings are from 0 to below 1, such as 0.99")
        return value


class ProfitSettings(_Section):
    """``[profit]``: what counts as a cost where the cost sheet does not say."""

    default_product_cost_rate: Decimal = Field(
        Decimal("0.40"),
        ge=0,
        le=1,
        max_digits=10,
        decimal_places=9,
        description="Cost of goods without a known cost, as a share of their price; an entry of the cost sheet goes before it.",
    )
    returns_restocked: bool = Field(
        True,
        description="Whether goods that came back are taken to be in stock again, and so no cost any more, where a shop does "
        "not say so.",
    )
    count_taxes_as_cost: bool = Field(
        False,
        description="Whether taxes that are collected count as a cost. They are neither income nor cost, and so are left out "
        "unless a report has to agree with one that counts them.",
    )
    marketing_by: Literal["click", "day"] = Field(
        "click",
        description="How the spend of ad accounts reaches orders. `click`: a campaign's spend of a day is borne by the orders that it "
        "brought on that day; where it brought none, by those that its platform brought, else by all of the day. "
        "`day`: by all orders of the day alike.",
    )


class ServerSettings(_Section):
    """``[server]``: the web application."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s?#]+/?$",
        description="Address by which people reach the web application, such as https://figures.example.com, where it is "
        "another than `host` and `port`: for the log-in links that are sent to them.",
    )
    session_hours: int = Field(24 * 14, ge=1, le=24 * 366, description="How long a log-in lasts.")
    api_requests_a_minute: int = Field(
        600,
        ge=1,
        le=1_000_000,
        description="How often a user may ask the API, with all their tokens together, or a token that is nobody's; more is answered with 429.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are "
        'believed, such as ["127.0.0.1", "10.0.0.0/8"]; in the environment with commas between. Behind a proxy that '
        "ends TLS it makes cookies `Secure` and counts failed log-ins by the reader's own address.",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(part)) for part in value)


class LiveSettings(_Section):
    """``[live]``: figures that move with the shops' webhooks."""

    drain: bool = Field(
        True,
        description="Whether `fondaco serve` and `fondaco up` drain the webhooks that come in. Switch it off where "
        "`fondaco live` runs as a service of its own.",
    )


class MailSettings(_Section):
    """``[mail]``: the server that takes the weekly summary and the morning digest."""

    host: str | None = Field(
        None, min_length=1, description="Name of the SMTP server; without it no mail is sent."
    )
    port: int = Field(587, ge=1, le=65535, description="Port of the server: 587, or 465 for `tls`.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection is kept secret; the server's certificate is verified. `none` is for a server on this "
        "machine only, and sends no password.",
    )
    user: str | None = Field(None, description="Name to log in with; without it nobody logs in.")
    password: SecretStr | None = Field(
        None, description="Password to log in with; it belongs into the environment, not into the file."
    )
    sender: str | None = Field(
        None,
        pattern=r"^[^\s<>@]+@[^\s<>@]+$",
        description="Address that mails come from, such as figures@example.com.",
    )
    ca_file: Path | None = Field(
        None, description="Certificates that are trusted, where the server's is none that the machine knows."
    )
    timeout_seconds: float = Field(20, gt=0, le=600, description="How long an answer of the server may take.")
    digest_hour: int = Field(
        6, ge=0, le=23, description="From which hour on the morning digest goes out, in the project's zone."
    )


class AlertSettings(_Section):
    """``[alerts]``: when and where alerts may be told."""

    quiet_from: str | None = Field(
        None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Hour and minute, such as 22:00, from which on only critical alerts are told, in the project's zone; the others "
        "wait. Needs `quiet_to`.",
    )
    quiet_to: str | None = Field(
        None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Hour and minute, such as 07:00, at which the quiet ends.",
    )
    allow_private_addresses: bool = Field(
        False,
        description="Whether messages may go to addresses of this machine and of private networks. Whoever may name a channel "
        "could otherwise make the server ask what only the server reaches.",
    )

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet_from and quiet_to belong together")
        return self


class Settings(BaseSettings):
    """All settings of one project."""

    model_config = SettingsConfigDict(
        env_prefix="FONDACO_", env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    folder: Path = Field(default_factory=Path.cwd, description="The project folder.")
    home: Path | None = Field(None, description="The data folder; FONDACO_HOME.")
    project: ProjectSettings = ProjectSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    control: ControlSettings = ControlSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    reconcile: ReconcileSettings = ReconcileSettings()
    analytics: AnalyticsSettings = AnalyticsSettings()
    profit: ProfitSettings = ProfitSettings()
    stock: StockSettings = StockSettings()
    prices: PriceSettings = PriceSettings()
    server: ServerSettings = ServerSettings()
    live: LiveSettings = LiveSettings()
    mail: MailSettings = MailSettings()
    alerts: AlertSettings = AlertSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands over the file, whose content arrives as init arguments."""
        return env_settings, init_settings

    @property
    def data(self) -> Path:
        """The folder of everything Fondaco writes for this project."""
        return self.home or self.folder / ".fondaco"

    @property
    def control_url(self) -> str:
        """SQLAlchemy URL of the control database."""
        if self.control.url is not None:
            return self.control.url.get_secret_value()
        return f"sqlite:///{self.data / 'control.sqlite'}"


def load_settings(folder: Path | None = None) -> Settings:
    """Read the project in ``folder`` (default: the working directory).

    Raises
    ------
    ConfigError
        If there is no ``fondaco.toml``, or a value in it or in the environment is wrong; all wrong values are named.
    """
    folder = (folder or Path.cwd()).resolve()
    path = folder / PROJECT_FILE
    if not path.is_file():
        raise ConfigError(
            f"There is no {PROJECT_FILE} in {folder}.",
            "Make a project with `fondaco init shop` and go into its folder.",
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", "Correct the line named above.") from error
    return read_settings(folder, text)


def read_settings(folder: Path, text: str) -> Settings:
    """Settings by the ``text`` of a ``fondaco.toml`` in ``folder``, with the environment over it.

    Raises
    ------
    ConfigError
        If a value in either is wrong; all wrong values are named.
    """
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{folder / PROJECT_FILE} is not valid TOML: {error}.", "Correct the line named above."
        ) from error
    if own := {"folder", "home"} & {*content}:
        raise ConfigError(
            f"{PROJECT_FILE} cannot say {' or '.join(sorted(own))}.",
            "Take it out; FONDACO_HOME moves a project's data.",
        )
    try:
        return Settings(folder=folder, **content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)
        )
        raise ConfigError(
            f"{PROJECT_FILE} or the environment has wrong values: {faults}.", "Correct them."
        ) from error
