"""Exchange sealed records with @hpke/core, the reference in JavaScript, both ways and live.

`make test` opens vectors that were made so; here the package is installed and asked anew.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
INTEROP: Final = ROOT / "tests" / "core" / "interop"


def main() -> None:
    """Install the other implementation by its lock file, then let both open each other's."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: install Node.js (Debian: apt-get install npm).")
    subprocess.run([npm, "ci", "--prefix", str(INTEROP), "--no-audit", "--no-fund"], check=True)
    command = [sys.executable, "-m", "tests.core.interop.cross_open", "live"]
    subprocess.run(command, cwd=ROOT, check=True)
    print("Records sealed here open there, and the other way round.")


if __name__ == "__main__":
    main()
