"""The tablet of these tests seals what the server opens."""

from flask import Flask

from campaign_app.core.db import session
from campaign_app.core.envelope import Bound, open_envelope
from campaign_app.kiosk import door, keys
from tests.kiosk.stations import Station


def test_the_tablets_envelope_opens_with_its_events_key_alone(app: Flask, station: Station) -> None:
    tablet = station.tablet
    item = tablet.sign(name="Jo")
    with app.app_context():
        key = keys.current(station.event_id)
        assert key is not None
        private = keys.private(key)
        assert private is not None
        bound = Bound(station.event, key.key_id, tablet.install, item.id)
        assert open_envelope(item.sealed, private, bound)["name"] == "Jo"
        install = door.find(tablet.token)
        assert install is not None
        assert install.tablet_id == station.tablet_id
        session.rollback()
    assert (item.seq, tablet.next_seq, tablet.runs()) == (1, 2, [[1, 1]])
