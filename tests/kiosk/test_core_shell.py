"""The tablet's pages: whole or not at all, there without a network, small, and the same for everybody."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from campaign_app import create_app
from campaign_app.core.web import STATIC
from campaign_app.kiosk import words
from campaign_app.kiosk.shell import Shell, modules, shell, without_comments
from config import Config
from tests.kiosk.core_stand import QUIET, Stand, stand
from tests.serving import until

LARGEST: Final = 60_000
ICON: Final = "/static/icons/kiosk-192.png"


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Flask:
    # The pages read no table, so one engine tells as much as two.
    path = tmp_path / "lantern.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return create_app(Config.for_tests(database_url=f"sqlite:///{path}", instance_dir=tmp_path))


@pytest.fixture
def pages(app: Flask) -> Shell:
    with app.test_request_context():
        return shell()


@pytest.fixture
def server(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with stand(app, tmp_path / "static", monkeypatch) as one:
        yield one


@pytest.fixture
def page(browser: Browser, server: Stand) -> Iterator[Page]:
    """A tab whose service worker has settled."""
    context = browser.new_context(base_url=server.base)
    tab = context.new_page()
    tab.goto(QUIET)
    tab.evaluate(SETTLE)
    yield tab
    context.close()


SETTLE: Final = """async () => {
  const there = navigator.serviceWorker;
  const controlled = new Promise((resolve) => there.addEventListener("controllerchange", resolve));
  await there.register("/kiosk/sw.js", { scope: "/kiosk/", updateViaCache: "none" });
  if (!there.controller) await controlled;
}"""
#: The version that a page gets now.
VERSION: Final = """() => fetch("/kiosk/").then((it) => it.text())
  .then((text) => /data-version="([0-9a-f]+)"/.exec(text)[1])"""
#: Look for an update, and tell how its installing ended.
UPDATE: Final = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/kiosk/");
  const found = new Promise((resolve) => registration.addEventListener("updatefound", resolve));
  await registration.update().catch(() => {});
  await Promise.race([found, new Promise((resolve) => setTimeout(resolve, 3000))]);
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return "none";
  const ended = () => ["installed", "redundant"].includes(worker.state);
  while (!ended()) await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
  return worker.state;
}"""
LET_IN: Final = """async () => {
  const there = navigator.serviceWorker;
  const changed = new Promise((resolve) => there.addEventListener("controllerchange", resolve));
  (await there.getRegistration("/kiosk/")).waiting.postMessage("SKIP_WAITING");
  await changed;
}"""
KEPT: Final = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const keys = await (await caches.open(name)).keys();
    found[name] = keys.map((it) => it.url.slice(location.origin.length)).sort();
  }
  return found;
}"""


# ---- what is given out


def test_the_page_holds_nothing_and_is_the_same_for_everybody(
    client: FlaskClient, pages: Shell
) -> None:
    answers = {
        client.get("/kiosk/", headers={"Accept-Language": language}).data
        for language in ("ko", "en", "fr-CH", "")
    }
    assert answers == {pages.page.encode()}
    answer = client.get("/kiosk/")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    assert (
        client.get("/kiosk/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )


def test_each_file_of_the_list_is_there_with_the_content_that_is_named(
    client: FlaskClient, pages: Shell
) -> None:
    found = {path: hashlib.sha256(client.get(path).data).hexdigest()[:16] for path in pages.files}
    assert found == pages.files
    parcel = json.loads(client.get("/kiosk/parcel.json").data)
    alone = {"/kiosk/", *(path for path in pages.files if ".png" in path)}
    assert {path: of for path, (of, _text) in parcel.items()} | {
        path: pages.files[path] for path in alone
    } == pages.files


def test_a_script_in_the_parcel_is_the_same_script() -> None:
    script = (
        '// A word.\nconst a = 1; // goes\nconst c = "; // stays";\n\n/**\n * Told.\n */\nfunction b() {\n  return `x\n  // in a text\n'
        "  ${a}`;\n}\n/* one line */\n  // ends"
    )
    squeezed = 'const a = 1;\nconst c = "; // stays";\nfunction b() {\nreturn `x\n  // in a text\n  ${a}`;\n}\n'
    assert without_comments(script) == squeezed
    for name in modules():
        # A lone backtick (in a pattern, say) before a text in backticks would turn both inside out.
        marks = without_comments((STATIC / name).read_text("utf-8")).count("`")
        assert marks % 2 == 0 or marks == 1, name


def test_all_of_it_in_all_languages_is_small(client: FlaskClient, pages: Shell) -> None:
    sizes = {}
    for path in ("/kiosk/sw.js", "/kiosk/parcel.json", "/kiosk/", ICON):
        answer = client.get(path, headers={"Accept-Encoding": "br"})
        sizes[path] = len(answer.data)
    assert sum(sizes.values()) < LARGEST, sizes


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_every_text_of_it_is_sent_compressed(
    client: FlaskClient, pages: Shell, encoding: str
) -> None:
    unpack = brotli.decompress if encoding == "br" else gzip.decompress
    for path in {*pages.files, "/kiosk/sw.js", "/kiosk/parcel.json"} - {ICON}:
        answer = client.get(path, headers={"Accept-Encoding": encoding})
        if ".png" not in path:
            assert answer.headers["Content-Encoding"] == encoding, path
            assert unpack(answer.data) == client.get(path).data, path


def test_the_version_names_everything_that_a_tablet_runs(server: Stand) -> None:
    seen = {server.version()}
    for name in ("js/seal.js", "js/kiosk/main.js", "js/kiosk/sw.js"):
        with (server.folder / name).open("a") as file:
            file.write("// Changed.\n")
        seen.add(server.version())
    assert len(seen) == 4
    assert {len(it) for it in seen} == {16}


@pytest.mark.parametrize(
    ("asked", "wish", "lang"), [("ko", "fr", "ko"), ("", "fr", "fr"), ("xx", "ko", "ko")]
)
def test_the_home_screen_gets_a_name_in_its_language(
    client: FlaskClient, asked: str, wish: str, lang: str
) -> None:
    answer = client.get(
        f"/kiosk/manifest.webmanifest?lang={asked}", headers={"Accept-Language": wish}
    )
    found = json.loads(answer.data)
    assert (found["lang"], found["dir"]) == (lang, "ltr")
    assert (found["start_url"], found["scope"], found["display"]) == (
        "/kiosk/",
        "/kiosk/",
        "standalone",
    )
    assert {it["purpose"] for it in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        size = int.from_bytes(client.get(icon["src"]).data[16:20], "big")
        assert icon["sizes"] == f"{size}x{size}"


# ---- words


def test_every_text_is_there_in_every_language(app: Flask, pages: Shell) -> None:
    book = json.loads(pages.words)
    assert [it["code"] for it in book["languages"]] == list(app.config["LANGUAGES"])
    for texts in book["texts"].values():
        assert texts.keys() == words.TEXTS.keys()
        assert all(texts.values())


def test_every_text_that_a_screen_says_is_written() -> None:
    missing = {
        (path.name, key)
        for path in (STATIC / "js/kiosk").glob("*.js")
        for key in re.findall(r"""\bt\(\s*["']([\w.-]+)["']""", path.read_text("utf-8"))
        if key not in words.TEXTS
    }
    assert missing == set()


def test_the_tablet_speaks_as_its_owner_reads(page: Page, pages: Shell) -> None:
    (address,) = (it for it in pages.files if it.startswith("/kiosk/words.json"))
    found: Any = page.evaluate(
        """async (address) => {
          const it = await import("/static/js/kiosk/words.js");
          await it.readWords(address);
          const wishes = [["fr-CH", "ko"], ["xx", "KO-kr"], ["pt"], [], ["en-AU"]].map((asked) => it.wished(asked));
          const spoken = ["ko", "xx", "fr"].map((code) => [it.speak(code), document.documentElement.lang]);
          return { wishes, spoken, number: it.number(12345.5, "fr") };
        }""",
        address,
    )
    assert found["wishes"] == ["fr", "ko", "en", "en", "en"]
    assert found["spoken"] == [["ko", "ko"], ["ko", "ko"], ["fr", "fr"]]
    assert found["number"] == "12\u202f345,5"


# ---- the service worker


def test_it_starts_without_a_network_and_keeps_nothing_but_its_files(
    page: Page, server: Stand, pages: Shell
) -> None:
    version = server.version()
    assert page.evaluate(KEPT) == {f"lantern-kiosk-{version}": sorted(page.evaluate(FILES))}
    server.stop()
    fresh = page.context.new_page()
    answer = fresh.goto("/kiosk/?source=home#code=k7pm-x3da")
    assert answer is not None
    assert (answer.status, answer.from_service_worker) == (200, True)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    fresh.wait_for_function(
        "document.documentElement.lang && window.performance.getEntriesByType('resource').length > 5"
    )
    assert fresh.evaluate(VERSION) == version


FILES: Final = """() => fetch("/kiosk/sw.js", { cache: "no-store" }).then((it) => it.text())
  .then((text) => Object.keys(JSON.parse(/const SHELL = ({[^]*?\\n});/.exec(text)[1]).files))"""


def test_it_never_touches_a_post_or_the_api(page: Page, server: Stand) -> None:
    server.asked.clear()
    ask = """([method, path]) => fetch(path, { method }).then((it) => it.status, () => "no network")"""
    asked = [
        ("POST", "/kiosk/"),
        ("GET", "/api/v1/kiosk/pack"),
        ("POST", "/api/v1/kiosk/batch"),
        ("GET", "/en/"),
    ]
    for one in asked:
        page.evaluate(ask, list(one))
    assert server.asked == asked
    # Its own pages come from what it keeps, though the server is there.
    assert page.evaluate(ask, ["GET", "/kiosk/"]) == 200
    assert server.asked == asked
    server.stop()
    assert [page.evaluate(ask, list(one)) for one in asked] == ["no network"] * len(asked)
    assert page.evaluate(ask, ["GET", "/kiosk/"]) == 200


def test_a_new_version_waits_until_it_is_let_in(page: Page, server: Stand) -> None:
    before, after = server.version(), server.release()
    assert page.evaluate(UPDATE) == "installed"
    page.reload()
    assert page.evaluate(VERSION) == before
    page.evaluate(LET_IN)
    assert page.evaluate(VERSION) == after
    only = [f"lantern-kiosk-{after}"]
    until(lambda: page.evaluate("caches.keys()") == only, "the old version stays")


@pytest.mark.parametrize("broken", ["another content", "nothing"])
def test_half_an_update_is_none(page: Page, server: Stand, broken: str) -> None:
    before = server.version()
    server.release()
    server.broken = "/kiosk/parcel.json"
    # In the middle of a deployment, or behind a login page: the list is new, a file is not.
    file = server.folder / "js/kiosk/ids.js"
    whole = file.read_bytes()
    if broken == "nothing":
        file.unlink()
    else:
        file.write_bytes(b"<h1>Welcome to our hotel</h1>")
    assert page.evaluate(UPDATE) == "redundant"
    assert page.evaluate("caches.keys()") == [f"lantern-kiosk-{before}"]
    server.stop()
    assert page.evaluate(VERSION) == before
    # The next look takes it.
    server.start()
    file.write_bytes(whole)
    assert page.evaluate(UPDATE) == "installed"


def test_an_update_travels_in_one_parcel(page: Page, server: Stand) -> None:
    after = server.release()
    server.asked.clear()
    assert page.evaluate(UPDATE) == "installed"
    assert sorted(path for _method, path in server.asked) == [
        "/kiosk/",
        "/kiosk/parcel.json",
        "/kiosk/sw.js",
        ICON,
    ]
    page.evaluate(LET_IN)
    server.stop()
    kinds = page.evaluate(
        """async () => {
          const found = {};
          for (const it of ["/static/js/kiosk/ids.js", "/static/js/seal.js"]) {
            found[it] = (await fetch(it)).headers.get("Content-Type");
          }
          return [found, typeof (await import("/static/js/kiosk/envelope.js")).sealed];
        }"""
    )
    assert kinds == [
        dict.fromkeys(
            ["/static/js/kiosk/ids.js", "/static/js/seal.js"], "text/javascript; charset=utf-8"
        ),
        "function",
    ]
    assert page.evaluate(VERSION) == after


def test_without_what_it_kept_the_network_answers(page: Page, server: Stand) -> None:
    page.evaluate(
        "async () => { for (const name of await caches.keys()) await caches.delete(name); }"
    )
    assert page.evaluate(VERSION) == server.version()
