"""Reverse proxies: whose word about the reader's address and scheme is believed."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network


def believed(networks: Iterable[str]) -> list[str]:
    """``networks``, and the IPv4 ones as a listener on ``::`` sees them."""
    parsed = [ip_network(network) for network in networks]
    mapped = [
        IPv6Network(f"::ffff:{network.network_address}/{96 + network.prefixlen}")
        for network in parsed
        if isinstance(network, IPv4Network)
    ]
    return [str(network) for network in (*parsed, *mapped)]
