"""Django's PostgreSQL backend, which also starts the private server before the first connection.

Named by `ENGINE = "cpc.localdb"`. Commands that need no database start no server.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base

from cpc.localdb.binaries import LocalDatabaseError
from cpc.localdb.server import DEMO, TEST


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the private server whose socket is in the folder `HOST`."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        server = TEST if self.settings_dict["HOST"] == str(TEST.socket_folder) else DEMO
        try:
            server.use()
        except LocalDatabaseError as error:
            raise ImproperlyConfigured(str(error)) from None
        return super().get_new_connection(conn_params)
