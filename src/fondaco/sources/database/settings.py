"""What a connection to a shop's own database needs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from fondaco.clock import zone
from fondaco.sources.source import SourceSettings

_PORTS = {"postgresql": 5432, "mysql": 3306}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_OTHER_NAMES = {"postgres": "postgresql", "mariadb": "mysql"}

Engine = Literal["postgresql", "mysql"]
Tls = Literal["verify", "require", "off"]


class DatabaseSettings(SourceSettings):
    """A server, a user who may only read, and the mapping that says what its tables mean."""

    engine: Engine = Field(description="postgresql or mysql; mariadb is mysql.")
    host: str = Field("127.0.0.1", min_length=1, description="Server, or the folder or file of its socket.")
    port: int | None = Field(None, ge=1, le=65535, description="5432 or 3306 unless given.")
    database: str = Field(min_length=1, description="Name of the database.")
    user: str = Field(min_length=1, description="A user who may only read.")
    password: SecretStr = Field(description="The user's password.")
    shop: str = Field("", description="What the shop is called; the database's name unless given.")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="The shop's currency (ISO 4217).")
    timezone: str = Field("UTC", description="Zone in which the shop's days are cut, e.g. Europe/Berlin.")
    mapping: str = Field("laravel", description="A mapping of Fondaco's, or the path of one of your own.")
    tls: Tls | None = Field(
        None,
        description="verify (encrypted, certificate checked), require (encrypted) or off; verify unless on this machine.",
    )
    tls_ca: Path | None = Field(None, description="File with the certificates that are trusted.")
    tls_certificate: Path | None = Field(None, description="File with the client's certificate.")
    tls_key: Path | None = Field(None, description="File with the client's key.")
    timeout_seconds: int = Field(120, ge=1, le=3600, description="A question that takes longer is given up.")
    page_size: int = Field(5_000, ge=1, le=50_000, description="Rows asked for at once.")

    @field_validator("engine", mode="before")
    @classmethod
    def _by_other_names(cls, value: object) -> object:
        return _OTHER_NAMES.get(value, value) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("mapping")
    @classmethod
    def _from_anywhere(cls, value: str) -> str:
        """A file is found again wherever a run is started from."""
        return str(Path(value).expanduser().resolve()) if is_path(value) else value

    @property
    def shop_key(self) -> str:
        return f"{self.engine} {self.host.lower()}:{self.server_port}/{self.database}"

    @property
    def server_port(self) -> int:
        return self.port or _PORTS[self.engine]

    @property
    def is_socket(self) -> bool:
        return self.host.startswith("/")

    @property
    def secured(self) -> Tls:
        """How the line is secured: what does not leave this machine need not be."""
        if self.tls is not None:
            return self.tls
        return "off" if self.is_socket or self.host.lower() in _LOCAL else "verify"


def is_path(mapping: str) -> bool:
    """Whether a mapping is named by its file."""
    return mapping.endswith((".yml", ".yaml")) or "/" in mapping
