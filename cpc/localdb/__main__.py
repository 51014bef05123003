"""`python -m cpc.localdb start | stop | url | psql | upgrade` for the demo's server; `--test` for the one of tests.

`remove --test` also removes the folder of the latter.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from cpc.localdb.binaries import LocalDatabaseError, bin_dir
from cpc.localdb.server import DATABASE, DEMO, PORT, TEST, USER, Server


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m cpc.localdb", description="The private PostgreSQL server.")
    parser.add_argument("action", choices=("start", "stop", "remove", "url", "psql", "upgrade"))
    parser.add_argument("--test", action="store_true", help="the temporary server for tests")
    chosen, rest = parser.parse_known_args(arguments)
    server = TEST if chosen.test else DEMO
    if rest and chosen.action != "psql":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return _run_action(server, chosen.action, rest)
    except LocalDatabaseError as error:
        print(error, file=sys.stderr)
        return 1


def _run_action(server: Server, action: str, rest: list[str]) -> int:
    if action == "psql":
        server.use()
        environment = os.environ | {"PGHOST": str(server.socket_folder), "PGPORT": str(PORT), "PGUSER": USER}
        command = [str(bin_dir() / "psql"), "-d", DATABASE, *rest]
        return subprocess.run(command, env=environment, check=False).returncode
    if action == "upgrade":
        old_data = server.upgrade()
        print(
            f"Upgraded. The old data are in {old_data}; remove that folder when everything works."
            if old_data
            else "The server is up to date."
        )
        return 0
    if action == "start":
        server.start()
    if action == "remove":
        server.remove()
        print(f"Removed {server.folder}.")
    elif action == "stop":
        print("Stopped." if server.stop() else "The server was not running.")
    else:
        print(server.url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
