"""What one machine keeps of its demo: passwords, key files and their passphrases, drawn once.

They lie in `instance/`, readable by their owner only, and outlive the database: a demo loaded anew,
or into another database, opens with the same ones.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from flask_security import verify_password

from campaign_app.accounts.passwords import hashed
from campaign_app.core import keyfile
from campaign_app.core.seal import PublicKey
from campaign_app.demo.content import KeyPlan, PersonPlan

SECRETS: Final = "demo-secrets.json"
KEYS: Final = "organiser-keys"
PASSWORD_WORDS: Final = 5
README: Final = """\
Organisers' keys of the demo.

These files open the names under the demo's petitions; the passphrases are in ../demo.json.
In real life such a file NEVER lies on the server: each organiser makes one on their own laptop
(`flask keys new`), keeps it and its passphrase there, and gives only the public half away.
Here they lie together so that you can try it: export a petition's signatures in the console, then

    .venv/bin/flask signatures open --key FILE EXPORT
"""


@dataclass(slots=True)
class Password:
    """A password and the hash that is known to belong to it, so that a start need not check."""

    plain: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrganiserKeyFile:
    """A key file, its passphrase and what may be said aloud of it."""

    path: Path
    passphrase: str = field(repr=False)
    public: PublicKey
    label: str


@dataclass(slots=True)
class Keepsakes:
    """The secrets of this machine's demo."""

    folder: Path
    passwords: dict[str, Password]
    #: File name → passphrase.
    passphrases: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read what was kept; nothing on a fresh machine."""
        path = folder / SECRETS
        kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        passwords = {email: Password(**two) for email, two in kept.get("passwords", {}).items()}
        return cls(folder, passwords, kept.get("passphrases", {}))

    def draw_passwords(self, people: Sequence[PersonPlan]) -> None:
        """Draw a password for everybody who has none yet."""
        for person in people:
            if person.email not in self.passwords:
                plain = keyfile.propose_passphrase(PASSWORD_WORDS).replace(" ", "-")
                self.passwords[person.email] = Password(plain, hashed(plain))
        self.save()

    def draw_keys(self, plans: Sequence[KeyPlan]) -> None:
        """Make the key files that are not there, each after its passphrase is safe."""
        for plan in plans:
            self.passphrases.setdefault(plan.file, keyfile.propose_passphrase())
        self.save()
        folder = self.folder / KEYS
        write_private(folder / "README.txt", README)
        for plan in plans:
            if not (folder / plan.file).is_file():
                made = keyfile.new(plan.label, self.passphrases[plan.file])
                write_private(folder / plan.file, made.text)

    def key_files(self) -> list[OrganiserKeyFile]:
        """List the key files that are there."""
        paths = {self.folder / KEYS / name: words for name, words in self.passphrases.items()}
        return [_read(path, words) for path, words in paths.items() if path.is_file()]

    def knows(self, email: str, password_hash: str) -> bool:
        """Tell whether a hash belongs to a person's password; a strange one is checked and kept."""
        known = self.passwords[email]
        if known.hash == password_hash:
            return True
        if not verify_password(known.plain, password_hash):
            return False
        known.hash = password_hash
        return True

    def save(self) -> None:
        """Keep everything, whole or not at all."""
        passwords = {email: asdict(password) for email, password in self.passwords.items()}
        kept = {"passwords": passwords, "passphrases": self.passphrases}
        write_private(self.folder / SECRETS, json.dumps(kept, indent=2) + "\n")


def _read(path: Path, passphrase: str) -> OrganiserKeyFile:
    found = keyfile.read(path.read_text("utf-8"))
    return OrganiserKeyFile(path, passphrase, found.public, found.label)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
