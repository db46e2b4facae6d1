"""The audit trail as people read it. A deed without words here is shown by its name."""

import re
from typing import Any, Final

from campaign_app.audit import words_transfers
from campaign_app.audit.models import AuditEntry
from campaign_app.audit.services import COMMAND, JOB, SIGNER
from campaign_app.core.i18n import _, _l

#: What deeds are done to.
NOUNS: Final = {
    "backup": _l("Backup"),
    "block": _l("Block"),
    "board": _l("Board"),
    "campaign": _l("Campaign"),
    "code": _l("Code"),
    "consent": _l("Consent part"),
    "crew_template": _l("Template"),
    "event": _l("Event"),
    "key": _l("Key"),
    "location": _l("Place"),
    "mailbox_rule": _l("Mailbox rule"),
    "page": _l("Page"),
    "person": _l("Person"),
    "organisation": _l("Organisation"),
    "paper": _l("Batch of paper"),
    "permit": _l("Permit"),
    "petition": _l("Petition"),
    "receipt": _l("Receipt"),
    "receipts": _l("Receipts"),
    "series": _l("Series"),
    "signature": _l("Signature"),
    "tablet": _l("Tablet"),
    "tally": _l("Tally"),
    "text": _l("Text"),
    "volunteer": _l("Volunteer"),
    "volunteers": _l("Volunteers"),
}

DEEDS: Final = {
    "backup.made": _l("made a backup"),
    "backup.restored": _l("restored a backup"),
    "block.added": _l("added a block"),
    "block.lifted": _l("lifted a block"),
    "campaign.added": _l("added a campaign"),
    "code.corrected": _l("corrected where a board stood"),
    "code.created": _l("made a code"),
    "code.put_away": _l("put a board away"),
    "code.re_pointed": _l("moved a code"),
    "code.revoked": _l("revoked a code"),
    "crew.link_ended": _l("ended a sign-up link"),
    "crew.link_opened": _l("made a sign-up link"),
    "crew_template.dropped": _l("threw a template away"),
    "crew_template.used": _l("copied a template"),
    "crew_template.written": _l("wrote a template"),
    "consent.checked": _l("noted that a lawyer checked a consent part"),
    "consent.dropped": _l("took a consent part out"),
    "consent.written": _l("wrote a consent part"),
    "event.added": _l("planned an event"),
    "event.cancelled": _l("cancelled an event"),
    "event.changed": _l("changed an event"),
    "event.confirmed": _l("confirmed an event"),
    "event.done": _l("said that an event is over"),
    "event.late": _l("let an event begin later"),
    "event.moved": _l("moved an event"),
    "event.postponed": _l("postponed an event"),
    "event.resumed": _l("let an event take place after all"),
    "event.taken_off": _l("took a draft off the calendar"),
    "event.stopped": _l("ended an event early"),
    "hours.exported": _l("exported confirmed hours"),
    "key.added": _l("added a public key"),
    "key.proven": _l("proved a key"),
    "key.resealed": _l("sealed records to another key, too"),
    "key.retired": _l("retired a public key"),
    "kit.miss": _l("noted that a thing is not back after all"),
    "kit.pack": _l("noted that a thing is packed"),
    "kit.return": _l("noted that a thing is back"),
    "kit.unpack": _l("noted that a thing is not packed after all"),
    "location.added": _l("added a place"),
    "location.changed": _l("changed a place"),
    "mailbox_rule.dropped": _l("dropped a mailbox rule"),
    "mailbox_rule.set": _l("set a mailbox rule"),
    "names.deleted": _l("deleted names whose time was over"),
    "demo.emptied": _l("emptied the demo"),
    "organisation.changed": _l("changed what the organisation says of itself"),
    "organisation.mark_changed": _l("changed the organisation's mark"),
    "event.permits_fell_short": _l("left a confirmed event without the permits it needs"),
    "event.permits_stand": _l("settled how the permits of an event stand"),
    "permit.added": _l("put a permit on the list"),
    "permit.due_set": _l("set a permit's deadline"),
    "permit.filed": _l("recorded that a permit was filed"),
    "permit.goes_ahead": _l("recorded that an event goes ahead without a permit"),
    "permit.granted": _l("recorded that a permit was granted"),
    "permit.not_needed": _l("recorded that a permit is not needed"),
    "permit.paper_added": _l("kept a paper with a permit"),
    "permit.paper_removed": _l("took a permit's paper away"),
    "permit.refused": _l("recorded that a permit was refused"),
    "permit.removed": _l("took a permit off the list"),
    "permit.to_file": _l("recorded that a permit is to be filed again"),
    "permit.told": _l("recorded that an authority knows of a change"),
    "board.added": _l("added a board"),
    "board.changed": _l("changed a board"),
    "board.code_put_on": _l("noted a code on a board"),
    "board.code_taken_off": _l("took a code off a board"),
    "board.image_set": _l("changed a board's picture"),
    "board.put_to_rest": _l("put a board to rest"),
    "board.taken_up": _l("took a board up again"),
    "incident.dropped": _l("deleted an incident"),
    "incident.noted": _l("noted an incident"),
    "lead.given": _l("gave somebody the link of a stall's lead"),
    "lead.handed_on": _l("handed the lead of a stall on"),
    "lead.pin_set": _l("gave the lead's link another PIN"),
    "lead.revoked": _l("revoked the link of a stall's lead"),
    "photo.dropped": _l("removed a photo of an event"),
    "photo.hidden": _l("kept a photo of an event from the public"),
    "photo.kept": _l("added a photo of an event"),
    "photo.shown": _l("showed a photo of an event to the public"),
    "result.said": _l("said what came of an event"),
    "location.photo_set": _l("changed a place's photo"),
    "page.published": _l("published a page"),
    "page.read": _l("read what is on a page"),
    "page.written": _l("wrote a page"),
    "person.came": _l("came in by an invitation"),
    "person.created": _l("let a person in"),
    "person.deactivated": _l("let a person in no more"),
    "person.invited": _l("invited a person"),
    "person.link_sent": _l("sent a person a link for a password"),
    "person.password_changed": _l("changed their own password"),
    "person.password_chosen": _l("chose a new password by a link"),
    "person.password_set": _l("gave a person a new password"),
    "person.reactivated": _l("let a person in again"),
    "person.recovery_code_used": _l("used a recovery code"),
    "person.recovery_codes_drawn": _l("drew new recovery codes"),
    "person.roles_set": _l("changed what a person may do"),
    "person.second_factor_removed": _l("removed a second factor"),
    "person.second_factor_set": _l("set up a second factor"),
    "person.signed_in": _l("signed in"),
    "person.signed_out": _l("signed a person out everywhere"),
    "person.signed_out_elsewhere": _l("signed out all other browsers"),
    "petition.answered": _l("recorded an answer to a petition"),
    "names.list_deleted": _l("deleted a list of names"),
    "names.listed": _l("downloaded a list of names"),
    "petition.changed": _l("changed a petition"),
    "petition.closed": _l("closed a petition"),
    "petition.created": _l("began a petition"),
    "petition.delivered": _l("recorded a handover"),
    "petition.delivery_undone": _l("took a recorded handover back"),
    "petition.index_key_destroyed": _l("destroyed a petition's index key"),
    "petition.opened": _l("opened a petition for signing"),
    "petition.paused": _l("paused a petition"),
    "petition.reopened": _l("opened a closed petition again"),
    "shift.asked": _l("asked for a shift"),
    "shift.came": _l("noted that a volunteer came"),
    "shift.cancelled": _l("took a sign-up back"),
    "shift.changed": _l("changed a shift"),
    "shift.confirmed": _l("confirmed a volunteer"),
    "shift.declined": _l("declined a volunteer"),
    "shift.dropped": _l("took a shift away"),
    "shift.handed_over": _l("handed the lead over"),
    "shift.hours_confirmed": _l("confirmed a volunteer’s hours"),
    "shift.missed": _l("noted that a volunteer did not come"),
    "shift.planned": _l("planned a shift"),
    "shift.swapped": _l("took a shift over"),
    "series.added": _l("planned a series"),
    "series.changed": _l("changed a series"),
    "series.stands_again": _l("took a day of rest of a series back"),
    "series.rests": _l("let a series rest on a day"),
    "signature.invalidated": _l("invalidated a signature"),
    "signature.restored": _l("let an invalidated signature count again"),
    "signature.withdrawn": _l("withdrew a signature"),
    "signatures.exported": _l("exported sealed signatures"),
    "stall_code.rotated": _l("gave an event other stall codes"),
    "statement.made": _l("made a statement of the tally"),
    "signatures.opened": _l("fetched sealed signatures to open them in the browser"),
    "kiosk.key_made": _l("made an event’s key for tablets"),
    "kiosk.key_destroyed": _l("destroyed an event’s key for tablets"),
    "kiosk.discarded": _l("discarded what a tablet had delivered"),
    "kiosk.file_brought": _l("brought in the sealed file of a tablet"),
    "kiosk.opened_again": _l("had envelopes from a tablet opened again"),
    "kiosk.report_closed": _l("closed the gap report of a tablet"),
    "tablet.added": _l("added a tablet"),
    "tablet.assigned": _l("sent a tablet to an event"),
    "tablet.closed": _l("took a tablet out of service"),
    "tablet.code_made": _l("made a code to enrol a tablet"),
    "tablet.drained": _l("let a tablet only deliver"),
    "tablet.enrolled": _l("enrolled a tablet by a code"),
    "tablet.lost": _l("revoked a lost tablet"),
    "tablet.petitions_chosen": _l("chose what tablets ask to sign"),
    "tablet.pin_set": _l("gave a tablet another PIN"),
    "tablet.renamed": _l("named a tablet otherwise"),
    "tablet.taken_up": _l("let a tablet collect again"),
    "tally.differs": _l("found that tally and recount differ"),
    "tally.exported": _l("exported a tally"),
    "text.approved": _l("approved a text"),
    "text.looked_at_again": _l("looked again at a text that one person had approved"),
    "text.sent_to_review": _l("sent a text to review"),
    "text.withdrawn": _l("withdrew a text"),
    "text.written": _l("wrote a text"),
    "volunteer.forgotten": _l("forgot a volunteer"),
    "volunteer.link_renewed": _l("gave a volunteer another link"),
    "volunteers.forgotten": _l("forgot volunteers whose time was over"),
}

ACTORS: Final = {
    COMMAND.name: _l("a command on the server"),
    JOB.name: _l("the server itself"),
    SIGNER.name: _l("a signer"),
    "volunteer": _l("a volunteer"),
    "tablet": _l("a tablet with its code"),
    "setup": _l("whoever set Lantern up"),
}

# Deeds of finance with gifts and books
NOUNS.update({"donation": _l("Gift"), "money": _l("Money")})
DEEDS.update({
    "donation.contact_read": _l("looked at a donor’s contact"),
    "donation.contact_removed": _l("removed a donor’s contact"),
    "donation.thanked_again": _l("sent a donor’s thanks again"),
    "donation.mistake": _l("took back a receipt for cash that was a mistake"),
    "money.ledger_exported": _l("exported the ledger for the accountant"),
    "money.proof_asked": _l("had the books proven"),
    "money.totals_exported": _l("exported sums of gifts"),
})

# Deeds to paper
DEEDS.update({
    "paper.made": _l("numbered a batch of paper"),
    "paper.printed": _l("printed a batch of paper"),
    "paper.collected": _l("noted that sheets are back"),
    "paper.unused": _l("noted that sheets were not used"),
    "paper.lost": _l("noted that sheets are lost"),
    "paper.handed_over": _l("noted that sheets were handed over"),
    "paper.destroyed": _l("noted that sheets were destroyed"),
    "paper.line_again": _l("took back a line that was typed wrongly"),
    "paper.line_withdrawn": _l("took back a line at the signer’s wish"),
    "paper.line_differed": _l("read a line otherwise than it was typed first"),
    "paper.sample_drawn": _l("drew lines to be checked"),
    "paper.checked": _l("finished checking a batch of paper"),
    "paper.checked_alone": _l("checked alone what they had typed"),
    "paper.closed": _l("closed a batch of paper"),
})

# Deeds to cash
NOUNS.update({
    "cash_box": _l("Cash box"),
    "cash_deposit": _l("Cash deposit"),
})
DEEDS.update({
    "cash.box_added": _l("wrote down a cash box"),
    "receipt.read": _l("read the name on a receipt"),
    "receipt.cancelled": _l("cancelled a receipt"),
    "receipts.exported": _l("exported gifts for donation receipts"),
    "cash.box_rests": _l("took a cash box out of service"),
    "cash.box_taken_up": _l("took a cash box into service again"),
    "cash.box_opened": _l("put a sealed cash box at a stall"),
    "cash.box_closed": _l("sealed a cash box and took it away"),
    "cash.counter_named": _l("gave somebody the link to count a cash box"),
    "cash.sheet_handed_in": _l("handed in a count of a cash box"),
    "cash.counts_differ": _l("found that two counts of a cash box differ"),
    "cash.recounted": _l("had a cash box counted again"),
    "cash.counted": _l("finished counting a cash box"),
    "cash.counted_by_one": _l("counted a cash box alone"),
    "cash.bagged": _l("put counted cash into a sealed bag"),
    "cash.receipt_given": _l("gave a receipt for cash"),
    "cash.receipts_explained": _l("explained why receipts say more than a cash box held"),
    "cash.deposited": _l("carried cash to the bank"),
    "cash.exchanged": _l("exchanged cash and carried it to the bank"),
    "cash.looked_again": _l("looked again at a cash box that one person had counted"),
    "cash.deposit_taken_back": _l("took back a cash deposit that was written down by mistake"),
    "cash.deposit_arrived": _l("saw a cash deposit arrive"),
    "cash.deposit_explained": _l("explained why a cash deposit arrived as another amount"),
})

# Deeds to money that goes back
NOUNS.update({"refund": _l("Refund")})
ACTORS.update({"outside": _l("somebody from outside, by a link")})
DEEDS.update({
    "refund.asked": _l("asked to give money back"),
    "refund.asked_outside": _l("asked somebody from outside to look at a refund"),
    "refund.allowed": _l("allowed a refund"),
    "refund.allowed_alone": _l("allowed alone a refund they had asked for"),
    "refund.looked_at_again": _l("looked again at a refund that one person had allowed"),
    "refund.refused": _l("refused a refund, or took it back"),
    "refund.sent_back": _l("noted that money went back by bank"),
    "refund.came_back": _l("noted that a refund came back"),
    "refund.exported": _l("exported the list of refunds"),
})

# Deeds to bank transfers
NOUNS.update(words_transfers.NOUNS)
DEEDS.update(words_transfers.DEEDS)

DETAILS: Final = {
    "after": _l("after"),
    "all_of_them": _l("all that were left"),
    "amount": _l("amount"),
    "at": _l("at"),
    "before": _l("before"),
    "board": _l("board"),
    "by": _l("by"),
    "collected": _l("collected"),
    "count": _l("number"),
    "country": _l("country"),
    "delete_by": _l("delete by"),
    "domain": _l("domain"),
    "event": _l("event"),
    "fields": _l("fields"),
    "from": _l("from"),
    "from_hour": _l("from"),
    "goal": _l("goal"),
    "key_id": _l("key"),
    "kind": _l("kind"),
    "label": _l("label"),
    "language": _l("language"),
    "line": _l("line"),
    "list": _l("list"),
    "location": _l("place"),
    "missing": _l("numbers missing"),
    "name": _l("name"),
    "on": _l("on"),
    "one_person": _l("approved by one person alone"),
    "placement": _l("placement"),
    "reason": _l("reason"),
    "records": _l("sealed records"),
    "recount": _l("recount"),
    "recount_agrees": _l("the recount agrees"),
    "revision": _l("revision"),
    "roles": _l("roles"),
    "slip": _l("slip"),
    "stall_codes": _l("stall codes count"),
    "statement": _l("statement"),
    "role": _l("task"),
    "row": _l("row"),
    "rule": _l("rule"),
    "seats": _l("seats"),
    "sheet": _l("sheet"),
    "sheets": _l("sheets"),
    "tally": _l("tally"),
    "target": _l("petition"),
    "thing": _l("thing"),
    "times": _l("times"),
    "to": _l("to"),
    "to_hour": _l("until"),
    "version": _l("version"),
    "volunteer": _l("volunteer"),
    "whose": _l("whose names"),
    "why_everybody": _l("why also those who did not agree"),
    "without_proof": _l("without a proven key, because"),
}


DETAILS.update(words_transfers.DETAILS)


def who(entry: AuditEntry) -> str:
    """Name who did it."""
    return str(ACTORS.get(entry.actor, entry.actor) if entry.person_id is None else entry.actor)


def deed(entry: AuditEntry) -> str:
    """Say what was done."""
    return str(DEEDS.get(entry.action) or re.sub(r"[._]", " ", entry.action))


def subject(entry: AuditEntry) -> str:
    """Say to what it was done."""
    noun, _between, number = entry.subject.partition(":")
    return f"{NOUNS.get(noun, noun)} {number}".strip()


def details(entry: AuditEntry) -> list[tuple[str, str]]:
    """List what else is known about it."""
    told = ((name, _value(value)) for name, value in entry.detail.items())
    return [(str(DETAILS.get(name, name.replace("_", " "))), text) for name, text in told if text]


def _value(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return _("yes")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(part)}" for name, part in value.items())
    return str(value)
