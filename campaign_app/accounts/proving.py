"""Taking a code of the second factor: counted, then checked, then taken, so that none counts twice."""

from campaign_app.accounts import second_factor
from campaign_app.accounts.forms import please_wait
from campaign_app.accounts.models import Person
from campaign_app.audit.services import Actor, acting, record
from campaign_app.core import db
from campaign_app.core.i18n import _


def what_is_wrong(person: Person, typed: str) -> str:
    """Take a code; say what is wrong with it, or nothing. Opens transactions of its own."""
    made = db.transact(lambda: second_factor.begin_try(person.id))
    if made.waiting:
        return please_wait(made.waiting)
    proof = second_factor.prove(made, typed)
    if proof and db.transact(lambda: _taken(person, proof)):
        return ""
    return _("This code is wrong, or it was used already. Wait for the next one and type that.")


def _taken(person: Person, proof: second_factor.Proof) -> bool:
    taken = second_factor.take(person.id, proof)
    if taken and proof.recovery:
        before = acting.set(Actor(person.name, person.id))
        record("person.recovery_code_used", f"person:{person.id}")
        acting.reset(before)
    return taken
