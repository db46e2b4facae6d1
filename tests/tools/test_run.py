"""`make run` refuses what cannot work and keeps its secrets to itself."""

import socket
import stat
from pathlib import Path

import pytest

from tools import run


def test_a_port_that_answers_is_refused_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Port {port} already answers.*make run PORT="):
            run.refuse_busy(port)


def test_a_port_that_is_taken_but_silent_is_refused_too() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(SystemExit, match="cannot be used"):
            run.refuse_busy(other.getsockname()[1])


@pytest.mark.parametrize("text", ["", "web", "0", "65536", "-1", "80.5"])
def test_a_port_must_be_a_number(text: str) -> None:
    with pytest.raises(SystemExit, match="PORT"):
        run.wanted_port(text)


def test_only_the_owner_may_read_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text("old", "utf-8")
    path.chmod(0o644)

    run.write_private(path, "new")

    assert path.read_text("utf-8") == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_secret_is_drawn_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SETTINGS", tmp_path / "demo.env")
    first = run.demo_settings(8000, {})
    run.write_private(run.SETTINGS, "".join(f"{name}={value}\n" for name, value in first.items()))

    again = run.demo_settings(8001, {"DATABASE_URL": "postgresql:///other"})

    assert len(first["SECRET_KEY"]) >= 32
    assert again["SECRET_KEY"] == first["SECRET_KEY"]
    assert again["DATABASE_URL"] == "postgresql:///other"
    assert again["PUBLIC_URL"] == "http://127.0.0.1:8001"
