"""Write the lock files anew: the newest versions that the .in files allow, with hashes.

Runs on a maintainer's machine only. The resolver lives in a throw-away environment, so
nothing of it enters Lantern; no address of a package index is written into the files.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
#: Each may be bound by those before it.
LOCKS: Final = (
    "requirements-build",
    "requirements",
    "requirements-dev",
    "requirements-conformance",
)
# One lock for every Python and machine that Lantern runs on.
OPTIONS: Final = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--upgrade",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
)


def main() -> None:
    """Resolve the build, runtime, development and conformance requirements, in this order."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
        for name in LOCKS:
            resolve(python, name)


def resolve(python: Path, name: str) -> None:
    """Turn one .in file into its .txt file."""
    print(f"Locking {name}.txt …", flush=True)
    command: list[str | Path] = [
        python,
        "-m",
        "uv",
        "pip",
        "compile",
        *OPTIONS,
        f"{name}.in",
        "-o",
        f"{name}.txt",
    ]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(f"{name}.in cannot be resolved; the resolver's words are above.")


if __name__ == "__main__":
    main()
