"""Keeps messages from addresses that only this machine reaches.

Whoever may name a channel could otherwise make the server ask its own network: a database's port, a router, the metadata service of a
cloud. A name is resolved by the library that sends, and may resolve to something else a moment later, so the address is looked
at where the connection is made: Python's audit event ``socket.connect`` tells it (PEP 578), for redirects and proxies too.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fondaco.errors import ConfigError

_guarded: ContextVar[bool] = ContextVar("fondaco_guarded_connections", default=False)
_lock = threading.Lock()
_state = {"installed": False}
_TRANSLATED = ip_network("64:ff9b::/96")
"""NAT64: an IPv4 address in the last four bytes."""


@contextmanager
def public_addresses_only() -> Iterator[None]:
    """While the block runs, this thread connects to addresses of the internet only.

    Raises
    ------
    ConfigError
        From within the block, in the place of a connection to any other address.
    """
    with _lock:
        if not _state["installed"]:
            sys.addaudithook(_look)  # there is no way to take one away: it does nothing outside of the block
            _state["installed"] = True
    token = _guarded.set(True)
    try:
        yield
    finally:
        _guarded.reset(token)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not of this machine, a private network, a link, or many receivers."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found.sixtofour is not None:
            found = found.sixtofour
        elif found in _TRANSLATED:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast


def _look(event: str, given: tuple[object, ...]) -> None:
    if event != "socket.connect" or not _guarded.get():
        return
    address = given[1]
    host = address[0] if isinstance(address, tuple) else ""  # a file's name is a socket of this machine
    if not is_public(str(host)):
        raise ConfigError(
            "The channel leads to an address of this machine or of a private network, where nothing is sent.",
            "Name an address of the internet; or set [alerts] allow_private_addresses = true in fondaco.toml, if it is meant.",
        )
