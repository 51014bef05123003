"""Access log of the web server: one event per request, in addition to the events logged during the request."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from gunicorn.glogging import Logger

from cpc.logs.formatters import ORIGIN, JsonFormatter


class JsonLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Writes gunicorn's two logs as JSON, without the secrets in paths and queries."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(JsonFormatter())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: dt.timedelta) -> None:
        if not self.access_log_enabled:
            return
        atoms = self.atoms(resp, req, environ, request_time)
        origin = {
            "client": environ.get("REMOTE_ADDR", ""),
            **environ.get(ORIGIN, {}),
            "method": atoms["m"],
            "path": environ.get("RAW_URI", ""),
            "bytes": atoms["B"],
            "milliseconds": atoms["M"],
            "agent": environ.get("HTTP_USER_AGENT", ""),
        }
        event = logging.LogRecord(self.access_log.name, logging.INFO, "", 0, "%s %s %s", (), None)
        event.args = (atoms["m"], environ.get("RAW_URI", ""), atoms["s"])
        event.status_code, event.origin = int(atoms["s"]), origin
        self.access_log.handle(event)
