"""Which network addresses may be called when somebody else names the host.

Whoever can write an address that we call could make us call any machine that we can reach: this one, a
neighbour, the cloud's metadata server (server-side request forgery). So a name is resolved once, all that it
resolves to is judged, and what was judged is what is connected to: a name server that answers otherwise the
next time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses in which an IPv4 address stands for a host that has no other (RFC 6052)."""


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses; a name with any other address does not exist."""

    def __init__(self, inner: AbstractResolver | None = None, allowed: Iterable[Network] = ()) -> None:
        """`allowed` are networks that an operator lets be called besides; `inner` asks the name servers."""
        self._inner = inner or aiohttp.DefaultResolver()
        self._allowed = tuple(allowed)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises `OSError` if one of them may not be called."""
        found = await self._inner.resolve(host, port, family)
        if not all(may_be_called(each["host"], self._allowed) for each in found):
            raise OSError(f"{host} is on a network of its own")
        return found

    async def close(self) -> None:
        """Give its resources back."""
        await self._inner.close()


def host_called(url: str) -> str:
    """The host that a client asks for when it calls an address, in lower case; empty if there is none.

    It is no other than it seems only once it is written as a client writes it: ``127。0。0。1`` in full-width
    letters is 127.0.0.1 (UTS 46), and for an address no resolver is asked. Raises `ValueError`.
    """
    return (URL(url).host or "").lower()


def may_be_called(address: str, allowed: Iterable[Network]) -> bool:
    """Whether an address is public, or on a network that is allowed."""
    return is_public(address) or is_among(address, allowed)


def is_among(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address is on one of these networks, by whatever form it is written in."""
    read = _read(address)
    return read is not None and any(read in network for network in networks)


def is_public(address: str) -> bool:
    """Whether a network address belongs to the public internet, not to this machine or a network of ours."""
    read = _read(address)
    if read is None or read.is_multicast or read.is_reserved:
        return False
    return read.is_global and not (isinstance(read, IPv6Address) and read.is_site_local)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """The address, that of the IPv4 host where it stands for one; None if it is none."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(read, IPv4Address):
        return read
    if read in _NAT64:
        return IPv4Address(int(read) & 0xFFFFFFFF)
    return read.ipv4_mapped or read.sixtofour or read
