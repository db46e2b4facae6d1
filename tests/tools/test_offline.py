"""No test leaves this machine, not even by looking up a name."""

import socket

import pytest

from tests.offline import LeftTheMachineError, is_here


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as leaving, pytest.raises(LeftTheMachineError):
        leaving.connect(("192.0.2.1", 80))


def test_looking_up_a_name_is_refused() -> None:
    with pytest.raises(LeftTheMachineError):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.parametrize(
    "address",
    [
        ("127.0.0.1", 80),
        ("::1", 80, 0, 0),
        ("localhost", 80),
        "/run/socket",
        b"/run/socket",
        "127.0.0.1",
        None,
    ],
)
def test_this_machine_is_no_other(address: object) -> None:
    assert is_here(address)
