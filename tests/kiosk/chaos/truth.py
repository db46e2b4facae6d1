"""What became of every promise: worked out from the rows themselves, without the code that reports."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.kiosk import gaps, states
from campaign_app.kiosk.models import Install, Intake
from campaign_app.outbox import worker
from campaign_app.petitions import recount, tally
from campaign_app.petitions.signing_models import Signature
from tests.kiosk.chaos.post import Post
from tools.verdict import Verdict


@dataclass
class Server:
    """What the server holds of one tablet."""

    #: Install → number → envelope.
    numbers: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    states: dict[str, str] = field(default_factory=dict)
    signatures: int = 0
    counted: int = 0
    differences: int = 0


def of_server(app: Flask, petition_id: int) -> Server:
    """Let the server finish what it has to do, then read its rows."""
    found = Server()
    with app.app_context():
        worker.drain()
        session.rollback()
        query = select(Install.uid, Intake).join(Install, Install.id == Intake.install_id)
        for install, row in session.execute(query):
            found.numbers[install.hex][row.seq] = row.id.hex
            found.states[row.id.hex] = row.state
        found.signatures = session.scalar(select(func.count()).select_from(Signature)) or 0
        found.counted = tally.total(petition_id).counted
        found.differences = len(recount.check())
    return found


def lost(post: Post, server: Server) -> list[str]:
    """List what was thanked for, not evicted, and is neither on the tablet nor on the server."""
    here = {item["id"] for item in post.items() if item["held"]}
    known = server.states.keys() | here | post.evicted
    return sorted(post.thanks.keys() - known)


def not_counted(post: Post, server: Server) -> dict[str, str]:
    """Tell which envelopes on the server became no signature, beside those of people who came twice."""
    fine = (states.COUNTED, states.DUPLICATE)
    return {item: state for item, state in server.states.items() if state not in fine}


def twice(post: Post, server: Server) -> int:
    """Count what was counted beyond once: a person, an envelope, a number."""
    repeated = sum(1 for state in server.states.values() if state == states.DUPLICATE)
    too_many = max(0, post.repeated - repeated)
    beyond = max(0, server.counted - (len(server.states) - repeated))
    return too_many + beyond


def missing(post: Post, server: Server) -> dict[str, list[int]]:
    """Name the numbers of each install that neither came nor are still on the tablet."""
    here = {(item["install"], item["seq"]) for item in post.items() if item["held"]}
    return {
        install: [
            seq
            for seq in range(1, following)
            if seq not in server.numbers[install] and (install, seq) not in here
        ]
        for install, following in post.next_seq.items()
    }


def moved(post: Post, server: Server) -> Iterator[str]:
    """Name promises whose envelope stands under another number, or on another install."""
    for thanks in post.thanks.values():
        at = server.numbers[thanks.install].get(thanks.seq)
        if at not in (None, thanks.item):
            yield f"{thanks.install} {thanks.seq}"


def wrong_reports(post: Post, server: Server) -> list[str]:
    """Name the installs whose gap report differs from the truth."""
    truth = missing(post, server)
    said = reported(post.app, post.station.event_id)
    return [install for install, numbers in truth.items() if said.get(install, []) != numbers]


def reported(app: Flask, event_id: int) -> dict[str, list[int]]:
    """Read what the gap reports say is missing, by install."""
    with app.app_context():
        session.rollback()
        return {
            gap.report.install.uid.hex: [
                seq for first, last in gap.missing for seq in range(first, last + 1)
            ]
            for gap in gaps.of_event(event_id)
        }


def verdict(post: Post) -> Verdict:
    """Say what became of everything."""
    server = of_server(post.app, post.station.world.petition_id)
    return Verdict(
        signatures=len(post.thanks),
        lost=len(lost(post, server)),
        twice=twice(post, server),
        gaps=len(wrong_reports(post, server)),
    )


def nothing_else_is_wrong(post: Post) -> bool:
    """See that all of it counts where it should: each envelope once, under its own number."""
    server = of_server(post.app, post.station.world.petition_id)
    repeated = sum(1 for state in server.states.values() if state == states.DUPLICATE)
    assert not_counted(post, server) == {}
    assert list(moved(post, server)) == []
    assert server.counted == server.signatures == len(server.states) - repeated
    assert repeated == post.repeated
    assert server.differences == 0
    return True
