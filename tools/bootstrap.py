"""Make `.venv` and install one lock file into it; runs before anything is installed.

Only the standard library is used here, and a second call with unchanged locks costs
nothing: what was installed is remembered, by checksum, inside the environment.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MEMORY = VENV / "installed.json"
# One of our libraries comes as source only; this is what builds it, checked like the rest.
BUILD = "requirements-build.txt"
OLDEST = (3, 11)


def main() -> None:
    """Install the lock file that the command line names, unless it is there already."""
    lock = sys.argv[1]
    if sys.version_info < OLDEST:
        sys.exit("Lantern needs Python 3.11 or newer: make PYTHON=/path/to/python")
    wanted = {"place": str(VENV), lock: checksum(lock)}
    if wanted.items() <= remembered().items():
        return
    if not usable():
        create()
    install(lock)
    MEMORY.write_text(json.dumps(wanted | implied(lock)), "utf-8")


def checksum(lock: str) -> str:
    """Tell one state of a lock file, and of what builds from it, from another."""
    text = (ROOT / lock).read_bytes() + (ROOT / BUILD).read_bytes()
    return hashlib.sha256(text).hexdigest()


def implied(lock: str) -> dict[str, str]:
    """Remember that the development lock holds every runtime package in the same version."""
    return {"requirements.txt": checksum("requirements.txt")} if "-dev" in lock else {}


def remembered() -> dict[str, str]:
    """Read what was installed last; nothing, if the environment is new or was moved."""
    try:
        memory = json.loads(MEMORY.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    # In a moved clone the scripts inside `.venv` name the old place.
    here = isinstance(memory, dict) and memory.get("place") == str(VENV) and PYTHON.exists()
    return memory if here else {}


def usable() -> bool:
    """Tell whether the environment is whole, in its place, and its Python new enough."""
    if not PYTHON.exists() or (MEMORY.exists() and not remembered()):
        return False
    program = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([PYTHON, "-c", program], capture_output=True, check=False).returncode == 0


def create() -> None:
    """Make a fresh environment, after getting what Debian splits off from Python."""
    if not all(map(complete, ("venv", "ensurepip"))):
        install_venv_package()
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", VENV], check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python could not make a virtual environment; its words are above.")


def complete(module: str) -> bool:
    """Tell whether a module of the standard library is really there."""
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.origin is not None


def install_venv_package() -> None:
    """Install the Debian package that holds `venv` when we may; else name it and stop."""
    package = f"python3.{sys.version_info.minor}-venv"
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.exit(
            f"This Python has no venv. Install the package {package} "
            f"(apt-get install {package}, as root), then run the same command again."
        )
    print(f"Installing {package} …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([apt, "update", "-qq"], env=quiet, check=False)
    if subprocess.run([apt, "install", "-y", "-qq", package], env=quiet, check=False).returncode:
        sys.exit(f"{package} could not be installed; install it, then run the same command again.")


def install(lock: str) -> None:
    """Let pip install exactly what the lock file says, hash for hash."""
    print(f"Installing {lock} into .venv (only when it changes) …", flush=True)
    pip_install(BUILD)
    pip_install(lock, "--no-build-isolation", "--use-pep517")


def pip_install(file: str, *more: str) -> None:
    """Run pip once, quietly; stop with a sentence if it fails."""
    quiet = ("--disable-pip-version-check", "--no-input", "--quiet")
    pip = (str(PYTHON), "-m", "pip", "install", *quiet)
    command = (*pip, "--require-hashes", *more, "-r", str(ROOT / file))
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{file} could not be installed; pip's words are above.")


if __name__ == "__main__":
    main()
