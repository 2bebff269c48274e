"""Sockets that the servers listen on."""

from __future__ import annotations

import socket

from fondaco.errors import ConfigError


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    It is said to be TCP, so that asyncio sends each part of an answer at once. Else the second part waits 40 ms for the first to
    be confirmed.

    Raises
    ------
    ConfigError
        If the address is not ours or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # from now on a browser waits instead of being refused
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"{host}:{port} cannot be listened on: {error.strerror}.",
            "Choose another with --port, or `--port 0` for a free one.",
        ) from error
    return listener
