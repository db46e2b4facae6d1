"""Keep the tests on this machine: a connection to anywhere else fails the test."""

import ipaddress
import sys
from collections.abc import Mapping
from typing import Any, Final

# Which argument of an audit event holds the address.
WATCHED: Final[Mapping[str, int]] = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


class LeftTheMachineError(Exception):
    """A test tried to reach another machine."""


def stay() -> None:
    """Refuse, from now on and in every thread, to look up or reach another machine."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    place = WATCHED.get(event)
    if place is not None and not is_here(arguments[place]):
        raise LeftTheMachineError(f"{event} to {arguments[place]!r}: tests stay on this machine")


def is_here(address: object) -> bool:
    """Tell this machine's addresses, and sockets that are files, from all others."""
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(address, tuple) and isinstance(host, str | bytes) and host[:1] in ("/", b"/"):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False
