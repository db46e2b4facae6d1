"""Exchange sealed records with @hpke/core, the reference in JavaScript, both ways and live.

`make test` opens vectors that were made so; here the package is installed and asked anew.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.conformance import engines

INTEROP: Final = engines.ROOT / "tests" / "core" / "interop"


def check(_folder: Path) -> list[str]:
    """Let both open each other's records."""
    engines.npm(INTEROP)
    command = [sys.executable, "-m", "tests.core.interop.cross_open", "live"]
    asked = subprocess.run(command, cwd=engines.ROOT, check=False)
    return ["sealed records do not open on the other side"] if asked.returncode else []
