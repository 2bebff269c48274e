"""A line that is secured as ``tls`` asks, against servers with certificates."""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.mariadb import running_mariadb

from fondaco.errors import ConfigError
from fondaco.sources.database import Database, DatabaseSettings

if TYPE_CHECKING:
    from .conftest import ShopDatabase

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("databases")]


@dataclass(frozen=True)
class Certificates:
    """Files of an authority, another one, and a server that the first vouches for as 127.0.0.1."""

    authority: Path
    stranger: Path
    certificate: Path
    key: Path


def authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        _builder(own, own, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _builder(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
    )


@pytest.fixture
def certificates() -> Iterator[Certificates]:
    folder = Path(tempfile.mkdtemp(prefix="fondaco-tls-"))
    folder.chmod(0o755)
    trusted, signer = authority("Trusted")
    stranger, _ = authority("Stranger")
    key = ec.generate_private_key(ec.SECP256R1())
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    server = (
        _builder(subject, trusted.subject, key.public_key())
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    found = Certificates(
        folder / "ca.pem", folder / "other.pem", folder / "server.pem", folder / "server.key"
    )
    pem = serialization.Encoding.PEM
    for path, made in ((found.authority, trusted), (found.stranger, stranger), (found.certificate, server)):
        path.write_bytes(made.public_bytes(pem))
    found.key.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    found.key.chmod(0o600)
    yield found
    shutil.rmtree(folder)


def own(certificates: Certificates, account: str) -> None:
    """The server runs as ``account`` where the tests run as root."""
    try:
        shutil.chown(certificates.key, account)
    except (LookupError, PermissionError):
        return


@pytest.fixture
def secured_postgres(on_postgres: ShopDatabase, certificates: Certificates) -> Iterator[ShopDatabase]:
    own(certificates, "postgres")
    login: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": on_postgres.port,
        "user": "postgres",
        "dbname": "postgres",
    }
    with psycopg.connect(**login, autocommit=True) as owner:
        owner.execute(f"alter system set ssl_cert_file = '{certificates.certificate}'".encode())
        owner.execute(f"alter system set ssl_key_file = '{certificates.key}'".encode())
        owner.execute("alter system set ssl = on")
        owner.execute("select pg_reload_conf(), pg_sleep(0.5)")
        yield on_postgres
        owner.execute("alter system reset ssl")
        owner.execute("select pg_reload_conf(), pg_sleep(0.5)")


@pytest.fixture
def secured_mariadb(certificates: Certificates) -> Iterator[int]:
    """The port of a server whose root may come in the clear as well."""
    own(certificates, "mysql")
    with running_mariadb(
        f"--ssl-cert={certificates.certificate}",
        f"--ssl-key={certificates.key}",
        f"--ssl-ca={certificates.authority}",
    ) as port:
        yield port


def test_a_certificate_is_checked_against_the_authority_that_is_given(
    secured_postgres: ShopDatabase, certificates: Certificates
) -> None:
    for settings in ({"tls": "require"}, {"tls": "verify", "tls_ca": certificates.authority}):
        source = secured_postgres.source(**settings)
        answer = source._client.ask("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
        assert answer.rows == [(True,)]
        source.close()
    for settings in ({"tls": "verify"}, {"tls": "verify", "tls_ca": certificates.stranger}):
        source = secured_postgres.source(**settings)
        with pytest.raises(ConfigError, match="cannot be secured as `tls` asks"):
            source.check()


def test_a_certificate_for_another_name_is_refused(
    secured_postgres: ShopDatabase, certificates: Certificates
) -> None:
    source = secured_postgres.source(tls="verify", tls_ca=certificates.authority, host="localhost")
    with pytest.raises(ConfigError, match="cannot be secured as `tls` asks"):
        source.check()


def test_mariadb_is_asked_for_its_certificate_too(secured_mariadb: int, certificates: Certificates) -> None:
    def source(**settings: Any) -> Database:
        own = {
            "engine": "mariadb",
            "port": secured_mariadb,
            "database": "mysql",
            "user": "root",
            "password": "",
        }
        return Database(DatabaseSettings.model_validate({**own, **settings}), sleep=lambda _: None)

    asked = "show status like 'Ssl_version'"
    for settings in ({"tls": "require"}, {"tls": "verify", "tls_ca": certificates.authority}):
        opened = source(**settings)
        assert opened._client.ask(asked).rows[0][1].startswith("TLS")
        opened.close()
    in_the_clear = source(tls="off")
    assert in_the_clear._client.ask(asked).rows[0][1] == ""
    in_the_clear.close()
    for settings in ({"tls": "verify"}, {"tls": "verify", "tls_ca": certificates.stranger}):
        with pytest.raises(ConfigError, match="cannot be secured as `tls` asks"):
            source(**settings).check()
