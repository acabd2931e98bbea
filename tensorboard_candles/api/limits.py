"""How often something may be asked for."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CLIENTS = 4096


class Limit:
    """So many at once, and then so many a second, of each client (generic cell rate algorithm, ITU-T I.371).

    >>> limit = Limit(burst=2, per_sec=1.0, clock=lambda: 100.0)
    >>> [limit.take("127.0.0.1") for _ in range(3)]
    [0.0, 0.0, 1.0]
    """

    def __init__(self, *, burst: int, per_sec: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._secs_each = 1.0 / per_sec
        self._slack_secs = (burst - 1) * self._secs_each
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str) -> float:
        """0.0, and one is taken; or how many seconds are to be waited for the next one."""
        with self._lock:
            wait_secs = self._wait_secs(client)
            if not wait_secs:
                self._free_at[client] = (
                    max(self._free_at.get(client, -math.inf), self._clock()) + self._secs_each
                )
                self._free_at.move_to_end(client)
                if len(self._free_at) > _MOST_CLIENTS:
                    self._free_at.popitem(last=False)
            return wait_secs

    def wait_secs(self, client: str) -> float:
        """The same, and none is taken."""
        with self._lock:
            return self._wait_secs(client)

    def _wait_secs(self, client: str) -> float:
        return max(0.0, self._free_at.get(client, -math.inf) - self._slack_secs - self._clock())


def client_of(remote_address: str) -> str:
    """Who counts as one client: an address, of IPv6 the network that one subscriber has.

    >>> client_of("10.0.0.7"), client_of("2001:db8::1:2:3:4"), client_of("")
    ('10.0.0.7', '2001:db8::/64', '')
    """
    try:
        address = ipaddress.ip_address(remote_address)
    except ValueError:
        return remote_address[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
