"""Private PostgreSQL for development, the demo, and tests, used if `DATABASE_URL` is not set.

Two servers, each with its own folder below `.cpc/` (ignored by git), or in memory for tests:

- `DEMO` preserves its data between runs and writes them durably (fsync on).
- `TEST` can be deleted at any time and trades durability for speed.

A server listens on a Unix socket in a folder that only its owner can enter, on no network address.
It starts with the first connection (the database backend in `base.py`) and stops with the last
process that uses it, so nothing is left running; `python -m cpc.localdb start` starts it until `stop`.
"""

from cpc.localdb.binaries import LocalDatabaseError
from cpc.localdb.server import APPLICATION, DEMO, TEST, Server, remove_abandoned

__all__ = ("APPLICATION", "DEMO", "TEST", "LocalDatabaseError", "Server", "remove_abandoned")
