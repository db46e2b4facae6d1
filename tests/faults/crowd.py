"""People who sign while the server is killed, and who do what people do: try again."""

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from typing import Final

from flask import Flask

from campaign_app.petitions import recount
from tests import given
from tests.faults.interrupted import Interrupted
from tests.given import World
from tests.outbox.mail_server import OK, Mails
from tests.serving import Answer, until

HANDLE: Final = re.compile(r'name="handle"[^>]*value="([^"]+)"')
SPARE: Final = 3


@dataclass(eq=False)
class Person:
    """Somebody who signs, and what the server told them."""

    email: str
    #: Kills before they came.
    born: int
    handle: str = ""
    tries: int = 0
    signed: bool = False
    confirmed: bool = False


@dataclass(kw_only=True)
class Crowd(Interrupted):
    """One petition, one server, one mail server, and how often the first was killed."""

    app: Flask
    world: World
    mails: Mails
    people: list[Person] = field(default_factory=list)
    #: For each mail that came, in order: to whom, its Message-ID, and how many kills there had been.
    _came: list[tuple[str, str, int]] = field(default_factory=list)
    #: Mailbox → Message-ID → mail.
    _boxes: dict[str, dict[str, EmailMessage]] = field(default_factory=lambda: defaultdict(dict))
    _form: dict[str, str] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def begin(self) -> None:
        """Start the server, and let the first people sign."""
        self.mails.data = self._note
        self.server.start()
        page = self.server.ask(f"/q/{self.world.code}?lang=en")
        self._form = given.boxes(page.text)
        self.finish()

    def end(self) -> None:
        """Stop the server, and see that nothing of it is left."""
        self.go()

    def _note(self) -> str:
        to, mail = self.mails.came[-1]
        name = str(mail["Message-ID"])
        self._came.append((to, name, self.kills))
        self._boxes[to][name] = mail
        return OK

    # What people do

    def somebody(self) -> Person:
        """Let somebody come."""
        person = Person(f"signer{next(self._numbers)}@example.org", self.kills)
        self.people.append(person)
        return person

    def sign(self, person: Person) -> None:
        """Sign; only a 200 is a promise."""
        person.tries += 1
        typed = {"name": "김미나", "email": person.email, "country": "KR"}
        answer = self.server.ask(f"/q/{self.world.code}?lang=en", self._form | typed)
        if answer.status == 200:
            person.signed = True
            person.handle = HANDLE.findall(answer.text)[0]

    def confirm(self, person: Person) -> None:
        """Open every mail that came and press its button; one of them counts."""
        answers = [self.server.ask(given.link_of(mail), {}) for mail in self.mails_to(person)]
        person.confirmed = person.confirmed or any(answer.status == 200 for answer in answers)

    def confirm_by_code(self, person: Person) -> None:
        """Type the digits of the newest mail."""
        typed = {"handle": person.handle, "code": given.code_of(self.mails_to(person)[-1])}
        answer = self.server.ask(f"/en/petitions/{self.world.slug}/code", typed)
        person.confirmed = person.confirmed or answer.status == 200

    def mails_to(self, person: Person) -> list[EmailMessage]:
        """List the mails that a person got, oldest first, each once."""
        return list(self._boxes[person.email].values())

    # What must be true afterwards

    def finish(self) -> None:
        """Let everybody finish what they began, and count."""
        self.hang_up()
        begun = [person for person in self.people if not person.confirmed]
        spare = [self.somebody() for _ in range(SPARE)]
        for person in [*begun, *spare]:
            until(partial(self._has_signed, person), f"{person.email} cannot sign")
        until(lambda: all(map(self.mails_to, self.people)), "a promised mail never came")
        for person in begun:
            until(partial(self._has_confirmed, person), f"{person.email} cannot confirm")
        self._is_counted(len(self.people) - SPARE, SPARE)

    def _has_signed(self, person: Person) -> bool:
        if not person.signed:
            self.sign(person)
        return person.signed

    def _has_confirmed(self, person: Person) -> bool:
        self.confirm(person)
        return person.confirmed

    def _is_counted(self, counted: int, awaiting: int) -> None:
        answer: Answer = self.server.ask(f"/en/petitions/{self.world.slug}/count.json")
        assert f'"counted": {counted}, "awaiting": {awaiting},' in answer.text
        assert given.counted(self.app, self.world.petition_id) == (counted, awaiting)
        with self.app.app_context():
            assert recount.check() == []

    def no_mail_came_too_often(self) -> None:
        """See that each mail came once, and once more at most for each kill on its way.

        A repeated mail has the Message-ID of the first: nobody has more of them than they sent forms.
        """
        born = {person.email: person.born for person in self.people}
        seen: Counter[str] = Counter()
        for to, name, kills in self._came:
            seen[name] += 1
            assert seen[name] <= 1 + kills - born[to], (to, kills)
        assert [person for person in self.people if len(self.mails_to(person)) > person.tries] == []
