"""The tablet's own modules against the real server: what they send is stored, opened and counted."""

from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import func, select

from campaign_app import create_app
from campaign_app.core.db import session
from campaign_app.kiosk.models import GapReport, Intake
from config import Config
from tests.kiosk import intake, stations
from tests.kiosk.core_stand import QUIET, stand
from tests.kiosk.tablet import signature

#: Opens the outbox of an enrolled tablet, and fetches what it needs.
BEGIN: Final = """async ([install, token]) => {
  const names = ["outbox", "settings", "clock", "sync", "ids"];
  const found = await Promise.all(names.map((it) => import(`/static/js/kiosk/${it}.js`)));
  const { bytesOf, publicKeyFrom } = await import("/static/js/seal.js");
  const kit = window.kit = Object.assign({ bytesOf }, ...found);
  kit.box = await kit.openOutbox();
  await kit.box.enrol({ install, token });
  kit.line = kit.startSync({ outbox: kit.box, settings: kit.settings, clock: kit.clock });
  const { event } = kit.pack = await kit.line.refreshPack();
  kit.key = { id: event.key.id, publicRaw: await publicKeyFrom(event.key.public) };
}"""
SIGN: Final = """async (payload) => {
  const { event } = kit.pack;
  const draw = () => Array.from(crypto.getRandomValues(new Uint8Array(24)), (it) => "acdefghjkmnpqrt"[it % 15]).join("");
  for (let at = 0; at < 60; at++) {
    const name = `김미나 ${"가나다라마바사"[at % 7]}`;
    await kit.box.add({ event: event.uid, key: kit.key, payload: { ...payload, name, receipt: draw() } });
  }
  const state = await kit.line.now();
  return [state, await kit.box.counts(event.uid), await kit.box.reports()];
}"""


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Flask:
    path = tmp_path / "lantern.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return create_app(Config.for_tests(database_url=f"sqlite:///{path}", instance_dir=tmp_path))


def test_sixty_signed_in_a_browser_are_sixty_counted(
    app: Flask, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = stations.station(app)
    enrolled = station.tablet
    with stand(app, tmp_path / "static", monkeypatch) as server:
        context = browser.new_context(base_url=server.base)
        page = context.new_page()
        page.goto(QUIET)
        page.evaluate(BEGIN, [enrolled.install.hex, enrolled.token])
        state, counts, reports = page.evaluate(SIGN, signature(enrolled.paper))
        context.close()
    assert (state["colour"], state["held"], state["serverState"]) == ("green", 0, "active")
    assert (counts["today"], counts["safe"], counts["held"]) == (60, 60, 0)
    assert reports == [{"event": station.event, "next_seq": 61, "held": []}]
    intake.opened(app, station)
    assert intake.counted(app, station) == {"no_mailbox": 60}
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Intake)) == 60
        assert session.scalar(select(GapReport.next_seq)) == 61
