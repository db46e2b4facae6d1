"""The same pages in an older version, and the same server in a newer one: changed on the line."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final

PAGE: Final = "/kiosk/"
WORKER: Final = "/kiosk/sw.js"
#: The module that was another one in the older version.
MODULE: Final = "/static/js/kiosk/main.js"
BATCH: Final = "/api/v1/kiosk/batch"
OLD: Final = "0" * 16
_SHELL: Final = re.compile(rb"const SHELL = (\{.*?\});\n", re.S)
_VERSION: Final = re.compile(rb'data-version="\w*"')


def older(fetch: Callable[[str], bytes]) -> Callable[[str, bytes], bytes]:
    """Let the pages be of an older version, whole and consistent; `fetch` gives what they are now."""

    def change(path: str, body: bytes) -> bytes:
        if path == PAGE:
            return _VERSION.sub(b'data-version="%s"' % OLD.encode(), body)
        if path == MODULE:
            return body + b"\n// as it was before the last release\n"
        if path == WORKER:
            return _SHELL.sub(
                lambda found: b"const SHELL = %s;\n" % listed(found[1]), body, count=1
            )
        return body

    def listed(shell: bytes) -> bytes:
        said: dict[str, Any] = json.loads(shell)
        changed = {path: change(path, fetch(path)) for path in (PAGE, MODULE)}
        hashes = {path: hashlib.sha256(body).hexdigest() for path, body in changed.items()}
        return json.dumps(said | {"version": OLD, "files": said["files"] | hashes}).encode()

    return change


def newer(path: str, body: bytes) -> bytes:
    """Let the server say more than today's pages know; what they know stays what it was."""
    if path != BATCH:
        return body
    said = json.loads(body)
    more = {"weather": {"place": "Yonsei", "sky": ["clear"]}, "advice": None, "results_v2": [1, 2]}
    return json.dumps(more | said | {"server_release": "2027.1"}).encode()
