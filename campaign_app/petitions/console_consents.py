"""Consent in the console: what signers agree to, per language and country, version by version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l
from campaign_app.core.settings import settings
from campaign_app.petitions import consents, placeholders, queries
from campaign_app.petitions.console_forms import CheckedForm, ConsentForm, NewConsentForm
from campaign_app.petitions.console_frame import (
    LARGEST_ROW,
    ONE,
    bp,
    deed,
    petition_page,
    refusals,
    status_of,
)
from campaign_app.petitions.desk import facts_for
from campaign_app.petitions.models import ConsentPart, Petition
from campaign_app.petitions.wording import Wording

PART: Final = f"{ONE}/consents/<int(max={LARGEST_ROW}):part_id>"
Place = tuple[str, str, str]
LONGEST_TITLE: Final = 200
FACTS: Final = {
    "organisation": _l("who keeps the names"),
    "addressee": _l("the addressee"),
    "keep_until": _l("the day until which names are kept"),
    "age": _l("the smallest age"),
    "contact": _l("whom to ask"),
}


class TooLong(DomainError):
    """What stands beside a box grew too long when its placeholders were filled."""

    status = 400
    text = _l("With its placeholders filled in, the line beside the box is too long.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A part in force, with what was filled into it and what is no longer so."""

    part: ConsentPart
    facts: list[tuple[str, str]]
    overtaken: list[tuple[str, str]]
    older: list[ConsentPart]


def facts_in(petition: Petition, language: str) -> dict[str, str]:
    """Give what placeholders stand for in a language, as of now."""
    text = queries.approved_text(petition.id, language)
    text = text or queries.newest_texts(petition.id).get(language)
    return facts_for(petition, text.addressee if text else "", language)


def _shown(part: ConsentPart, facts: Mapping[str, str], every: Sequence[ConsentPart]) -> Shown:
    words = f"{part.title}\n{part.wording}"
    same = [old for old in every if _place(old) == _place(part) and old.id != part.id]
    old_facts = placeholders.overtaken(part.kind, part.language, words, facts)
    return Shown(
        part=part,
        facts=[(str(FACTS[name]), facts[name]) for name in placeholders.said(words, facts)],
        overtaken=[(str(FACTS[name]), facts[name]) for name in old_facts],
        older=sorted(same, key=lambda old: -old.version),
    )


def _place(part: ConsentPart) -> Place:
    return part.kind, part.language, part.country


@bp.get(f"{ONE}/consents")
@requires(Permission.READ)
def consents_(petition_id: int) -> ResponseReturnValue:
    """Show every part in force, by language and country."""
    petition = queries.get(petition_id)
    every, parts = queries.all_parts(petition_id), queries.parts(petition_id)
    groups = []
    for code in queries.source_first(petition):
        facts = facts_in(petition, code)
        own = [_shown(part, facts, every) for part in parts if part.language == code]
        groups.append((code, own))
    return petition_page("consents", petition, groups=groups)


@bp.route(f"{ONE}/consents/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_part(petition_id: int) -> ResponseReturnValue:
    """Add a part of any kind."""
    form = NewConsentForm(petition_id, data=_begun(queries.get(petition_id)))
    if form.validate_on_submit():
        place = (str(form.kind.data), form.language.data, form.country.data)
        with refusals(form):
            return _write(petition_id, form, place, None)
    return _form_page(petition_id, form, str(form.language.data), None)


def _begun(petition: Petition) -> dict[str, object]:
    """Begin a part in the language it was asked for in, after those that are there."""
    asked = request.args.get("language", "")
    language = asked if asked in settings().languages else petition.source_language
    own = [part.position for part in queries.parts(petition.id) if part.language == language]
    return {"language": language, "position": min(max(own, default=-1) + 1, 99)}


@bp.route(PART, methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_version(petition_id: int, part_id: int) -> ResponseReturnValue:
    """Write a new version of a part; what was given stays what it was."""
    part = _in_force(petition_id, part_id)
    form, place = ConsentForm(obj=part), _place(part)
    if form.validate_on_submit():
        with refusals(form):
            return _write(petition_id, form, place, part_id)
    return _form_page(petition_id, form, place[1], part_id)


def _in_force(petition_id: int, part_id: int) -> ConsentPart:
    part = queries.part_of(petition_id, part_id)
    return part if part.retired_at is None else abort(404)


def _write(
    petition_id: int, form: ConsentForm, place: Place, replaces: int | None
) -> ResponseReturnValue:
    """Fill the placeholders in and keep the part as a version of its own."""
    kind, language, country = place
    facts = facts_in(queries.get(petition_id), language)
    title, words = str(form.title.data), str(form.wording.data)
    part = Wording(
        kind=kind,
        country=country,
        position=int(form.position.data or 0),
        required=form.required.data,
        title=placeholders.filled(title, facts),
        text=placeholders.filled(words, facts),
    )
    if len(part.title) > LONGEST_TITLE:
        raise TooLong
    kept = transact(lambda: _kept(petition_id, language, part, replaces))
    _say(kept, [facts[name] for name in placeholders.used(f"{title}\n{words}")])
    return redirect(url_for(".consents_", petition_id=petition_id), 303)


def _kept(petition_id: int, language: str, part: Wording, replaces: int | None) -> ConsentPart:
    if replaces is not None and queries.part_of(petition_id, replaces).retired_at is not None:
        raise consents.WrittenMeanwhile
    return consents.add_part(queries.get(petition_id), language, part)


def _say(kept: ConsentPart, filled: list[str]) -> None:
    flash(
        _("Saved as version %(version)s of “%(kind)s”.", version=kept.version, kind=kept.kind),
        "good",
    )
    if filled:
        flash(_("Filled in: %(facts)s", facts=" · ".join(filled)), "good")


def _form_page(
    petition_id: int, form: ConsentForm, language: str, part_id: int | None
) -> ResponseReturnValue:
    petition = queries.get(petition_id)
    known = language if language in settings().languages else petition.source_language
    facts = facts_in(petition, known)
    form.speak(known)
    return petition_page(
        "consent",
        petition,
        status_of(form),
        form=form,
        part=queries.part_of(petition_id, part_id) if part_id else None,
        facts=[(f"{{{name}}}", str(FACTS[name]), facts[name]) for name in placeholders.NAMES],
    )


@bp.post(f"{PART}/drop")
@requires(Permission.ORGANISE)
def drop_part(petition_id: int, part_id: int) -> ResponseReturnValue:
    """Ask for a part no longer."""
    _in_force(petition_id, part_id)
    back = url_for(".consents_", petition_id=petition_id)
    said = _("Nobody is asked for this part any more. Who gave it has still given it.")
    return deed(lambda: consents.drop_part(_in_force(petition_id, part_id)), said, back)


@bp.post(f"{PART}/checked")
@requires(Permission.ORGANISE)
def check_part(petition_id: int, part_id: int) -> ResponseReturnValue:
    """Note which lawyer has read a wording."""
    _in_force(petition_id, part_id)
    back, form = url_for(".consents_", petition_id=petition_id), CheckedForm()
    if not form.validate_on_submit():
        flash(_("The name was not kept. Please write 200 letters at most."), "bad")
        return redirect(back, 303)
    name = str(form.checked_by.data or "")
    said = _("Noted: checked by %(name)s.", name=name) if name else _("The note is taken back.")
    return deed(lambda: consents.mark_checked(_in_force(petition_id, part_id), name), said, back)
