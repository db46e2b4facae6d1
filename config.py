"""Settings: one frozen object, read from the environment, checked before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self, cast
from urllib.parse import urlsplit

Environment = Literal["production", "demo", "test"]
#: How cards are taken: not at all, by a test page of our own, by Stripe without or with real money.
Payments = Literal["off", "local", "stripe_test", "stripe_live"]
PAYMENT_MODES: Final[tuple[Payments, ...]] = ("off", "local", "stripe_test", "stripe_live")

HERE: Final = Path(__file__).resolve().parent
SHIPPED_LANGUAGES: Final = ("ko", "en", "fr")
MINIMUM_SECRET: Final = 32
TOO_EASY: Final = ("secret", "changeme", "password", "example", "lantern")


class SettingsError(SystemExit):
    """Stops the start with a sentence that says what to set."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Lantern cannot start: {sentence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything the application may vary on; nothing here has a usable default secret."""

    environment: Environment
    secret_key: str
    database_url: str
    key_dir: Path
    instance_dir: Path
    mail_url: str
    public_url: str
    mail_from: str = "PSCORE <petition@localhost>"
    organisation: str = "PSCORE"
    privacy_contact: str = "privacy@localhost"
    languages: tuple[str, ...] = SHIPPED_LANGUAGES
    trusted_proxies: int = 0
    inline_worker: bool = False
    smallest_age: int = 14
    placement_mails_per_hour: int = 600
    petition_mails_per_hour: int = 6000
    page_seconds: float = 1.5
    #: Said, never guessed: without it cards are off, and bank transfer and cash are there.
    payments: Payments = "off"
    #: Which entities take money, their bank and gateway accounts (docs/payments.md).
    payments_file: Path | None = None
    #: What the environment says under STRIPE_…; the accounts in the file name theirs.
    payment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Seals backups (core/sealed_stream.py); empty makes none.
    backup_key: str = field(default="", repr=False)
    secure_cookies: bool = field(default=True)

    @property
    def is_production(self) -> bool:
        """Tell whether real people's names are at stake."""
        return self.environment == "production"

    @property
    def is_sqlite(self) -> bool:
        """Tell which engine keeps the data."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings, or stop with a sentence that says which one to set and how."""
        env = dict(_demo_file() | dict(os.environ)) if environ is None else dict(environ)
        environment = _environment(env)
        public_url = _public_url(env, environment)
        instance = Path(env.get("INSTANCE_DIR") or HERE / "instance").resolve()
        return cls(
            environment=environment,
            secret_key=_secret(env, "SECRET_KEY"),
            database_url=_database_url(env),
            key_dir=_key_dir(env, instance),
            instance_dir=instance,
            mail_url=_mail_url(env, environment, instance),
            public_url=public_url,
            mail_from=_asked(env, "MAIL_FROM", environment, "PSCORE <petition@localhost>"),
            organisation=_asked(env, "ORGANISATION", environment, "PSCORE"),
            privacy_contact=_asked(env, "PRIVACY_CONTACT", environment, "privacy@localhost"),
            languages=_languages(env),
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0),
            inline_worker=env.get("WORKER", "") == "inline",
            backup_key=env.get("BACKUP_KEY", "").strip(),
            payments=_payments(env, environment),
            payments_file=_payments_file(env),
            payment_secrets={k: v.strip() for k, v in env.items() if k.startswith("STRIPE_")},
            smallest_age=_whole(env, "SMALLEST_AGE", 14),
            placement_mails_per_hour=_whole(env, "PLACEMENT_MAILS_PER_HOUR", 600),
            petition_mails_per_hour=_whole(env, "PETITION_MAILS_PER_HOUR", 6000),
            secure_cookies=public_url.startswith("https://"),
        )

    @classmethod
    def for_tests(cls, *, database_url: str, instance_dir: Path, **changes: object) -> Self:
        """Build settings for one test: its own database, keys and mail folder."""
        settings: dict[str, object] = {
            "environment": "test",
            "secret_key": "t" * 8 + "est-only-key-that-guards-nothing",
            "database_url": database_url,
            "key_dir": instance_dir / "keys",
            "instance_dir": instance_dir,
            "mail_url": f"file:{instance_dir / 'mail'}",
            "public_url": "http://localhost",
            "secure_cookies": False,
            "page_seconds": 0.0,
        }
        return cls(**(settings | changes))  # type: ignore[arg-type]  # checked by the tests that use it


def _demo_file() -> dict[str, str]:
    """Read what `make run` wrote, so that `flask` commands meet the same demo."""
    if os.environ.get("LANTERN_ENV"):
        return {}
    path = Path(os.environ.get("INSTANCE_DIR") or HERE / "instance") / "demo.env"
    if not path.is_file():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")


def _environment(env: Mapping[str, str]) -> Environment:
    value = env.get("LANTERN_ENV", "production")
    if value not in ("production", "demo", "test"):
        raise SettingsError(f"LANTERN_ENV is {value!r}; set it to production, or use `make run`.")
    return cast(Environment, value)


def _payments(env: Mapping[str, str], environment: Environment) -> Payments:
    """Read how cards are taken; a test page never stands where people give real money."""
    value = env.get("PAYMENTS", "").strip() or "off"
    if value not in PAYMENT_MODES:
        raise SettingsError(f"PAYMENTS is {value!r}; set it to one of {', '.join(PAYMENT_MODES)}.")
    if value == "local" and environment == "production":
        raise SettingsError(
            "PAYMENTS=local is a test page that moves no money; production has none."
        )
    if value == "stripe_test" and environment == "production":
        raise SettingsError(
            "PAYMENTS=stripe_test takes no money, and counts real boxes and transfers as play; production "
            "has none. Try it on a machine of its own, with LANTERN_ENV=demo."
        )
    if value == "stripe_live" and environment != "production":
        raise SettingsError("PAYMENTS=stripe_live moves real money; only production may.")
    if value.startswith("stripe") and not env.get("PAYMENTS_FILE"):
        raise SettingsError("PAYMENTS_FILE is missing: it says whose accounts take the money.")
    return value


def _payments_file(env: Mapping[str, str]) -> Path | None:
    if not env.get("PAYMENTS_FILE"):
        return None
    path = Path(env["PAYMENTS_FILE"]).resolve()
    if not path.is_file():
        raise SettingsError(f"PAYMENTS_FILE names {path}, where there is no file.")
    return path


def _needed(env: Mapping[str, str], name: str, what: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is missing. Set it to {what}. (To look around: `make run`.)")
    return value


def _asked(env: Mapping[str, str], name: str, environment: Environment, demo: str) -> str:
    """Ask production for its own value; the demo has one."""
    if environment == "production":
        return _needed(env, name, f"your own, for example {demo!r}")
    return env.get(name) or demo


def _secret(env: Mapping[str, str], name: str) -> str:
    how = "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`"
    value = _needed(env, name, f"a random text of {MINIMUM_SECRET} characters or more: {how}")
    weak = len(value) < MINIMUM_SECRET or len(set(value)) < 10
    if weak or any(word in value.lower() for word in TOO_EASY):
        raise SettingsError(f"{name} is too weak: it can be guessed. Make one with {how}.")
    return value


def _database_url(env: Mapping[str, str]) -> str:
    """Accept the usual spellings; SQLAlchemy wants the driver named."""
    url = _needed(env, "DATABASE_URL", "sqlite:////path/lantern.sqlite3 or postgresql://…")
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _key_dir(env: Mapping[str, str], instance: Path) -> Path:
    what = "a folder outside the database and its backups, shared by all processes and machines"
    path = Path(_needed(env, "KEY_DIR", what)).resolve()
    if env.get("LANTERN_ENV", "production") == "production" and path.is_relative_to(instance):
        raise SettingsError(f"KEY_DIR lies inside {instance}; keep the keys apart from the data.")
    return path


def _mail_url(env: Mapping[str, str], environment: Environment, instance: Path) -> str:
    if environment == "production":
        return _needed(env, "MAIL_URL", "smtp://user:password@host:587 (or smtps://…:465)")
    return env.get("MAIL_URL") or f"file:{instance / 'mail'}"


def _public_url(env: Mapping[str, str], environment: Environment) -> str:
    url = _needed(
        env, "PUBLIC_URL", "the address people type, for example https://sign.example.org"
    )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsError("PUBLIC_URL must be a full address such as https://sign.example.org.")
    if environment == "production" and parts.scheme != "https":
        raise SettingsError("PUBLIC_URL must begin with https:// in production.")
    return url.rstrip("/")


def _languages(env: Mapping[str, str]) -> tuple[str, ...]:
    chosen = tuple(env.get("LANGUAGES", " ".join(SHIPPED_LANGUAGES)).replace(",", " ").split())
    unknown = [language for language in chosen if language not in SHIPPED_LANGUAGES]
    if unknown or not chosen:
        raise SettingsError(f"LANGUAGES may hold {', '.join(SHIPPED_LANGUAGES)}; not {unknown}.")
    return chosen


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "")
    if value and not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {value!r}.")
    return int(value or default)
