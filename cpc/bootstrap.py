"""Setup of a checkout: the virtual environment, the locked packages, and the assets of the front end.

`make` runs this with the machine's own Python, before any package is installed, so it uses the standard library only.
It is started by its path, as importing the project would need its packages. Parts that are up to date are skipped, so
that a second run takes a fraction of a second.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
OLDEST_PYTHON = (3, 11)


class SetupError(RuntimeError):
    """The checkout can't be set up; the message is one line with the remedy."""


def main(arguments: list[str]) -> int:
    purpose = arguments[0] if arguments else ""
    if purpose not in LOCKS or len(arguments) > 1:
        print(f"usage: bootstrap.py {' | '.join(LOCKS)}", file=sys.stderr)
        return 2
    try:
        install(purpose)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    vendor = ROOT / "cpc" / "web" / "vendor_uswds.py"
    return subprocess.run([PYTHON, "-P", vendor, purpose], check=False).returncode


def install(purpose: str) -> None:
    """Install the lock file of `purpose` into the virtual environment unless it is already installed.

    The stamp names the lock's content and the path of the checkout, since a virtual environment can't be moved.
    """
    lock = ROOT / LOCKS[purpose]
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {ROOT}\n"
    stamp = VENV / f".installed-{purpose}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not usable(VENV):
        create()
    print(f"Python: installing {lock.name}", flush=True)
    # Python compiles modules on their first import; pip would compile all of them, which takes half of the time.
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
    if subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=False).returncode:
        raise SetupError(f"Couldn't install {lock.name} (see above). Check the network, then run make again.")
    stamp.write_text(wanted)


def usable(folder: Path) -> bool:
    """Return whether `folder` is a virtual environment made for this checkout that still has its Python and pip."""
    made_here = folder / ".checkout"
    if not made_here.exists() or made_here.read_text() != str(ROOT):
        return False
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def create() -> None:
    """Create the virtual environment, replacing any old one.

    Raises `SetupError` if Python is too old or incomplete.
    """
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(f"Python {sys.version.split()[0]} is too old. Install Python >= 3.11, then run make again.")
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python3.{sys.version_info.minor}-venv"
        raise SetupError(f"{sys.executable} has no ensurepip: apt-get install {package}, then run make again.")
    print(f"Python: creating the virtual environment with {sys.version.split()[0]}", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    os.environ.pop("PYTHONHOME", None)
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"Couldn't create the virtual environment ({error}). Remove {VENV} and try again.") from error
    (VENV / ".checkout").write_text(str(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
