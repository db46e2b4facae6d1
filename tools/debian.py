"""Install packages of Debian or Ubuntu where that is ours to do."""

import os
import shutil
import subprocess


def can_install() -> bool:
    """Tell whether this is root on a machine with apt-get."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install(*packages: str) -> bool:
    """Install packages if we may; tell whether it worked."""
    if not can_install():
        return False
    print(f"Installing {', '.join(packages)} with apt-get …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-qq"]
    fetch = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    # A stale or partly unreachable list is no reason to give up: the install decides.
    subprocess.run(update, env=environment, check=False, stdout=subprocess.DEVNULL)
    done = subprocess.run(fetch, env=environment, check=False, stdout=subprocess.DEVNULL)
    return done.returncode == 0
