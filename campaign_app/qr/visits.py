"""Counting visits: no cookie, no address, no fingerprint, and no machine taken for a person."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from flask import Request

from campaign_app.core.db import insert, session
from campaign_app.core.flushing import Flusher
from campaign_app.core.wall_clock import this_hour
from campaign_app.qr.models import OUTSIDE, VisitCount
from campaign_app.qr.target import Pointed

#: (code, placement or OUTSIDE, hour)
Key = tuple[int, int, int]

#: Sec-Purpose, Purpose, X-Purpose, X-Moz: where browsers say that nobody looks at the page yet.
#: (Read as WSGI names them: this runs at every scan.)
AHEAD_HEADERS: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
#: What they say there.
AHEAD: Final = ("prefetch", "prerender", "preview", "instant")

#: What machines call themselves, in small letters. Nearly all say bot, crawler or spider; the rest
#: are named: they fetch previews for messengers, scan links in mails, or watch that we are up.
#: Program libraries (curl, python-requests) and headless browsers are left out: people use them.
BOTS: Final = (
    "bot", "crawl", "spider", "slurp", "archiver", "scrap",
    # previews of links in messengers and social networks
    "facebookexternalhit", "facebookcatalog", "meta-external", "line-poker", "whatsapp/",
    "skypeuripreview", "bingpreview", "snap url preview", "google web preview", "vkshare",
    "embedly", "iframely",
    # search engines and readers under other names
    "daumoa", "yeti/", "google-inspectiontool", "googleother", "mediapartners-google",
    "apis-google", "feedfetcher",
    # link scanners and monitors
    "virustotal", "urlscan", "safebrowsing", "barracuda", "proofpoint", "uptime", "pingdom",
    "statuscake", "site24x7", "updown.io", "newrelicpinger", "datadog", "checkly", "kube-probe",
    "healthcheck", "blackbox", "check_http", "zabbix",
)  # fmt: skip
#: A maker of phones, whose owners are people.
NO_BOT: Final = "cubot"


def is_visit(request: Request) -> bool:
    """Tell whether a person opens the page: a GET that is no prefetch, no bot, no language switch."""
    if request.method != "GET" or (request.query_string and "lang" in request.args):
        return False
    return not (is_ahead(request) or is_bot(request.environ.get("HTTP_USER_AGENT", "")))


def is_ahead(request: Request) -> bool:
    """Tell whether the browser fetches the page before anybody asked to see it."""
    said = [request.environ[name].lower() for name in AHEAD_HEADERS if name in request.environ]
    return any(word in text for text in said for word in AHEAD)


@lru_cache(maxsize=1024)
def is_bot(agent: str) -> bool:
    """Tell whether a User-Agent names a machine that we know."""
    name = agent.lower().replace(NO_BOT, "")
    return any(word in name for word in BOTS)


def count(pointed: Pointed) -> None:
    """Count one visit, in memory."""
    counter.add((pointed.code_id, pointed.placement_id or OUTSIDE, this_hour()))


def count_shared(code_id: int, placement_id: int) -> None:
    """Count one visit by a shared link, in memory."""
    counter.add((code_id, placement_id, this_hour()))


def _write(counts: Mapping[Key, int]) -> None:
    table: Any = VisitCount.__table__
    upsert = insert(table)
    upsert = upsert.on_conflict_do_update(
        index_elements=["code_id", "placement_id", "hour"],
        set_={"visits": table.c.visits + upsert.excluded.visits},
    )
    names = ("code_id", "placement_id", "hour", "visits")
    rows = [dict(zip(names, (*key, n), strict=True)) for key, n in counts.items()]
    session.execute(upsert, rows)


#: What this process counted and has not written yet.
counter: Final[Flusher[Key]] = Flusher("qr.visits", _write)
