"""Start Lantern with its demo: prepare settings, database and texts, then become the server."""

import contextlib
import json
import os
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import flask_migrate

from campaign_app import create_app
from campaign_app.core.db import db
from campaign_app.demo import load as load_demo
from config import Config
from tools import catalogues

ROOT: Final = Path(__file__).resolve().parent.parent
INSTANCE: Final = ROOT / "instance"
SETTINGS: Final = INSTANCE / "demo.env"
FACTS: Final = INSTANCE / "demo.json"
HOST: Final = "127.0.0.1"
THREADS: Final = 16


def main() -> None:
    """Prepare everything, say where things are, and serve until Ctrl-C."""
    port = wanted_port(os.environ.get("PORT") or "8000")
    refuse_busy(port)
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    settings = demo_settings(port, os.environ)
    write_private(SETTINGS, "".join(f"{name}={value}\n" for name, value in settings.items()))
    os.environ.update(settings)
    catalogues.compile_all()
    facts = prepare(Config.from_env())
    write_private(FACTS, json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    print(told(facts), flush=True)
    serve(port, processes=1 if settings["DATABASE_URL"].startswith("sqlite") else 2)


def wanted_port(text: str) -> int:
    """Read the port, or stop with a sentence."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT is {text!r}; it must be a number from 1 to 65535: make run PORT=8001")
    return int(text)


def refuse_busy(port: int) -> None:
    """Stop if somebody answers there: two servers on one port would share its visitors."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        sys.exit(
            f"Port {port} already answers: something runs there, perhaps Lantern itself. "
            f"Stop it, or choose another port: make run PORT={port % 65535 + 1}"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as refusal:
            sys.exit(f"Port {port} cannot be used ({refusal.strerror}): make run PORT=8001")


def demo_settings(port: int, given: Mapping[str, str]) -> dict[str, str]:
    """Make the demo's settings; its one secret is drawn once and then kept."""
    return {
        "LANTERN_ENV": "demo",
        "SECRET_KEY": kept_secret() or secrets.token_urlsafe(48),
        "DATABASE_URL": given.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'lantern.sqlite3'}",
        "KEY_DIR": str(INSTANCE / "keys"),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "MAIL_URL": given.get("MAIL_URL") or f"file:{INSTANCE / 'mail'}",
        "INSTANCE_DIR": str(INSTANCE),
        "PAYMENTS": given.get("PAYMENTS") or "local",
    }


def kept_secret() -> str:
    """Find the secret of the last run."""
    if not SETTINGS.is_file():
        return ""
    lines = SETTINGS.read_text("utf-8").splitlines()
    found = [line.partition("=")[2] for line in lines if line.startswith("SECRET_KEY=")]
    return found[0] if found else ""


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def prepare(config: Config) -> dict[str, Any]:
    """Bring the database up to date and fill it if it is empty; give what people need to know."""
    app = create_app(config)
    with app.app_context():
        flask_migrate.upgrade()
    facts: dict[str, Any] = load_demo(app, config.instance_dir)
    with app.app_context():
        db.engine.dispose()
    return facts | {"base_url": config.public_url}


def told(facts: Mapping[str, Any]) -> str:
    """Say in a few lines where to look first."""
    base, organiser = facts["base_url"], facts["organiser"]
    finance = next(one for one in facts["people"] if one["role"] == "finance")
    codes = [f"{base}{path}" for path in facts["qr"][:3]]
    lines = [
        ("Lantern", f"{base}/"),
        *zip(["Scan", "", ""], codes, strict=False),
        ("Console", f"{base}/console/"),
        ("Organiser", organiser["email"]),
        ("Password", organiser["password"]),
        ("Finance", finance["email"]),
        ("Password", finance["password"]),
        ("Give", f"{base}/ko/give/"),
        ("Tablet", f"{base}/kiosk/"),
        ("", "its code: Console, Tablets, Tablet 1, Make a code; PIN 8025"),
        *([("Test bank", f"{base}/payments/local/paris/")] if _has_test_bank() else []),
        ("Mail", facts["mail_dir"]),
        ("More", FACTS),
    ]
    block = "\n".join(f"  {name:<11}{value}" for name, value in lines)
    return f"\n{block}\n\n  Ctrl-C stops it.\n"


def _has_test_bank() -> bool:
    return os.environ.get("PAYMENTS") == "local"


def serve(port: int, *, processes: int) -> None:
    """Become the server: no process of ours stays between it and Ctrl-C."""
    options = {
        "--interface": "wsgi",
        "--host": HOST,
        "--port": str(port),
        "--workers": str(processes),
        "--blocking-threads": str(THREADS),
        "--workers-kill-timeout": "5",
        "--log-level": "error",
    }
    words = [word for option in options.items() for word in option]
    switches = ["--no-access-log", "--no-ws", "--respawn-failed-workers", "wsgi:app"]
    os.chdir(ROOT)
    environment = os.environ | {"WORKER": "inline"}
    os.execve(sys.executable, [sys.executable, "-m", "granian", *words, *switches], environment)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main()
