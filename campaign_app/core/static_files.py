"""Our scripts and stylesheets, sent as small as the browser understands.

A tablet fetches all of its pages over a stall's network, and a phone its styles over a bad one. Where
a proxy serves the folder, it compresses them itself; this is for where we do.
"""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
from flask import Flask, Response, current_app, request

from campaign_app.core.web import best_encoding

TEXTS: Final = frozenset({"text/css", "text/javascript", "application/javascript"})


def init_app(app: Flask) -> None:
    """Compress what the static folder answers."""
    app.after_request(lighter)


def lighter(response: Response) -> Response:
    """Compress a whole text of the static folder; anything else passes as it is."""
    if request.endpoint != "static" or response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
    if response.status_code == 200 and encoding and request.method == "GET":
        path = Path(current_app.static_folder or "") / (request.view_args or {})["filename"]
        response.direct_passthrough = False
        response.set_data(_small(path, path.stat().st_mtime_ns, encoding))
        response.headers["Content-Encoding"] = encoding
        response.headers.pop("Accept-Ranges", None)
        _weaken(response)
    return response


def _weaken(response: Response) -> None:
    """Name the file, not these bytes: each encoding has bytes of its own."""
    name, _weak = response.get_etag()
    if name:
        response.set_etag(name, weak=True)


@lru_cache(maxsize=256)
def _small(path: Path, _changed: int, encoding: str) -> bytes:
    """Compress a file once; its time of change names its content."""
    return small(path.read_bytes(), encoding)


def small(body: bytes, encoding: str) -> bytes:
    """Compress as well as it can be, however long that takes; nothing if no encoding is named."""
    if encoding == "br":
        packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT)
        return packed
    return gzip.compress(body, compresslevel=9, mtime=0) if encoding == "gzip" else body
