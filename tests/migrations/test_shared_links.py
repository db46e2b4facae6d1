"""A petition that had opened before links could be shared gets its own; nothing else is lost."""

import flask_migrate
from flask import Flask

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.petitions import queries, services
from campaign_app.qr import queries as qr
from tests import given


def test_an_upgrade_gives_open_petitions_their_link(app: Flask) -> None:
    world = given.world(app)
    with app.app_context():
        plan = given.plan("a-draft")
        draft = db.transact(lambda: services.create(plan)).id
        session.remove()
        flask_migrate.downgrade(revision="0003")
        flask_migrate.upgrade()
        link = qr.shared(queries.TARGET, world.petition_id)
        assert link
        assert (link.board, link.language, link.ends_at) == ("", "en", None)
        assert qr.shared(queries.TARGET, draft) is None
        assert queries.get(world.petition_id).delivered_on is None
        board = qr.placement(world.placement_id)
        assert board
        assert board.code.letters == world.code
    answer = given.sign(app.test_client(), f"/en/petitions/{world.slug}?from=shared")
    assert answer.status_code == 200
