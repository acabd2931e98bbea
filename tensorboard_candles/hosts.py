"""Names of servers as requests give them, and which of them are ours.

A page of another site can make a browser send requests to this machine, even under a name of its own that it
points here (DNS rebinding). What it can't choose then is `Host` and `Origin`: these tell whose page asks.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

_AUTHORITY = re.compile(
    r"(?:(?P<name>[a-z0-9_](?:[a-z0-9._-]{0,253}[a-z0-9_])?)\.?|\[(?P<six>[0-9a-f:.]{2,45})\])(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Authority:
    """A host, in lower case or as its address is written, and its port where one is given."""

    host: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page is from."""

    scheme: str
    authority: Authority


def authority_of(text: str) -> Authority | None:
    """What a `Host` header says; None where it is none, or more than one.

    >>> authority_of("LocalHost.:6006"), authority_of("[0:0:0::1]:80"), authority_of("me@localhost")
    (Authority(host='localhost', port=6006), Authority(host='::1', port=80), None)
    >>> authority_of("localhost,evil.example"), authority_of("localhost:99999"), authority_of("[127.0.0.1]")
    (None, None, None)
    """
    found = _AUTHORITY.fullmatch(text)
    if not found:
        return None
    port = int(found["port"]) if found["port"] else None
    address = _address(found["name"] or found["six"])
    if (port is not None and not 0 < port < 65_536) or (
        found["six"] and not isinstance(address, ipaddress.IPv6Address)
    ):
        return None
    return Authority(str(address) if address else found["name"].lower(), port)


def origin_of(text: str) -> Origin | None:
    """What an `Origin` header says; None where it is none, as `null` of a sandboxed page.

    >>> origin_of("https://team.example")
    Origin(scheme='https', authority=Authority(host='team.example', port=443))
    >>> origin_of("null"), origin_of("file://"), origin_of("http://localhost/path")
    (None, None, None)
    """
    scheme, separator, rest = text.partition("://")
    authority = authority_of(rest)
    if not separator or scheme not in _DEFAULT_PORTS or authority is None:
        return None
    return Origin(scheme, _with_port(authority, scheme))


def is_same(origin: Origin, host: Authority) -> bool:
    """Whether a page is from the very server that it asks.

    >>> host = Authority("localhost", 6006)
    >>> is_same(Origin("http", host), host), is_same(Origin("http", Authority("localhost", 8888)), host)
    (True, False)
    """
    # What is asked may come through TLS that ends before us: of the scheme only the page knows.
    return origin.authority == _with_port(host, origin.scheme)


def _with_port(authority: Authority, scheme: str) -> Authority:
    return Authority(authority.host, authority.port or _DEFAULT_PORTS[scheme])


def is_loopback(host: str) -> bool:
    """Whether only this machine itself is reached there.

    >>> [is_loopback(host) for host in ("localhost", "127.8.0.1", "::1", "0.0.0.0", "localhost.evil.example")]
    [True, True, True, False, False]
    """
    address = _address(host)
    if address is None:
        return host == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def is_address(host: str) -> bool:
    """Whether it is an address rather than a name: nobody can point one of these elsewhere.

    >>> is_address("10.0.0.7"), is_address("gpu7")
    (True, False)
    """
    return _address(host) is not None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Names under which a change may be asked for: this machine's own, and those of `--candles_allow_host`.

    >>> allowed = AllowedHosts(named=frozenset({Authority("team.example")}))
    >>> [allowed.has(authority_of(host)) for host in ("localhost:6006", "team.example", "evil.example")]
    [True, True, False]
    """

    named: frozenset[Authority] = frozenset()
    own: frozenset[str] = frozenset()
    is_public: bool = False
    """Bound to an address that others reach: then it is asked for by any address of this machine."""

    def has(self, asked: Authority) -> bool:
        is_own = asked.host in self.own or (self.is_public and is_address(asked.host))
        return is_own or is_loopback(asked.host) or self.is_named(asked)

    def is_named(self, asked: Authority) -> bool:
        """Whether the flag names it; a name without a port holds for every port."""
        return asked in self.named or Authority(asked.host) in self.named

    def names_origin(self, origin: Origin) -> bool:
        """Whether the flag names where the page is from; a name without a port means the scheme's own."""
        return any(_with_port(named, origin.scheme) == origin.authority for named in self.named)


def allowed_hosts(host: str | None, bind_all: bool, named: Iterable[str]) -> AllowedHosts:
    """What `--host`, `--bind_all` and `--candles_allow_host` make of it.

    >>> allowed_hosts(None, False, ["team.example"]).is_public, allowed_hosts("0.0.0.0", False, []).is_public
    (False, True)
    """
    is_public = bind_all or not is_loopback(host or "localhost") if host != "" else True
    own = {host.lower()} if host and not is_address(host) else set()
    if is_public:
        # The name that TensorBoard prints for itself is the second one.
        own |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return AllowedHosts(frozenset(map(named_host, named)), frozenset(own), is_public)


def named_host(text: str) -> Authority:
    """One of `--candles_allow_host`.

    >>> named_host("Team.example:8443")
    Authority(host='team.example', port=8443)

    ValueError where it is no host.
    """
    authority = authority_of(text)
    if authority is None:
        raise ValueError(f"not the name of a host: {text!r}; write team.example or team.example:8443")
    return authority
