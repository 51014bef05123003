"""PostgreSQL's programs for backups, `pg_dump` and `pg_restore`, and the connection that they are given."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from psycopg2.extensions import make_dsn

from cpc.localdb.binaries import candidates

NOT_OF_LIBPQ = frozenset(
    {"cursor_factory", "connection_factory", "async", "isolation_level", "assume_role", "password"}
)


class MissingProgram(Exception):
    """No program that can be used; the message names the remedy."""


def program(name: str, at_least: int) -> Path:
    """Return the path of a program that is as new as a server of the major version `at_least`, the newest there is.

    Raises `MissingProgram`.
    """
    found = {path: version for path in _paths(name) if (version := version_of(path))}
    usable = {path: version for path, version in found.items() if version >= at_least}
    if usable:
        return max(usable, key=lambda path: usable[path])
    where = "Install the package postgresql-client, or set CPC_PG_BIN to the folder of the programs."
    if found:
        path, version = max(found.items(), key=lambda pair: pair[1])
        raise MissingProgram(
            f"{path} is of PostgreSQL {version}, and the server of {at_least}: an older {name} can't read it. {where}"
        )
    raise MissingProgram(f"{name} is not on this machine. {where}")


def _paths(name: str) -> Iterator[Path]:
    for folder in candidates():
        if (folder / name).is_file():
            yield folder / name
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)


@cache
def version_of(path: Path) -> int:
    """Return the major version of a program; 0 if it does not run here."""
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    match = re.search(r"\) (\d+)", shown)
    return int(match[1]) if match else 0


def connection_of(parameters: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the connection string for a program, and its environment with the password, which no list shows."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if parameters.get("password"):
        environment["PGPASSWORD"] = str(parameters["password"])
    named = {name: value for name, value in parameters.items() if name not in NOT_OF_LIBPQ and value not in (None, "")}
    return make_dsn(**named), environment | {"LC_ALL": "C"}
