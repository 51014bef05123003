"""Formats of log events: one JSON object per line for machines, or a line for the console.

Secrets are masked in both, whether they appear in a path, a query, or an exception.

"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable
from typing import Any

from cpc import request_context
from cpc.remedies import remedy

MASK = "***"

_NAMED = (
    r"(?:old|new)?_?pass(?:word|wd)?[12]?|pwd|secret(?:_key)?|token|api_?key|session(?:id|_key)"
    r"|csrf(?:token|middlewaretoken)"
)
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # Links of invitations and for new passwords: any reader of the path could set the password.
    (re.compile(r"(/account/invitation/)[^/\s\"'?&]+"), rf"\1{MASK}"),
    # Answers of an OpenID provider: a code that was not used yet.
    (re.compile(r"(/account/department/\w+/answer/\?)[^\s\"']+"), rf"\1{MASK}"),
    # Tokens of the REST interface; their prefix is shown on pages and identifies the token.
    (re.compile(r"\b(cpc_[0-9a-f]{8})_[A-Za-z0-9_-]+"), rf"\1_{MASK}"),
    (re.compile(r"\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{12,}"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)(\bauthorization[\"']?\s*[:=]\s*[\"']?)(?!(?:bearer|basic)\s)[^\s\"',;]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(\bcookie[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+"), rf"\1{MASK}"),
    # The secret of an address such as postgres://user:secret@host.
    (re.compile(r"(\w://[^/\s:@]*:)[^/\s@]+(@)"), rf"\1{MASK}\2"),
    (
        re.compile(
            rf"(?i)\b((?:\w+_)?(?:{_NAMED})[\"']?\s*(?:=|:|%3d)\s*)(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s&\"',;)}}\]]+)"
        ),
        rf"\1{MASK}",
    ),
    # A secret of 32 random bytes as `secrets.token_urlsafe` writes it, with nothing around it that names it.
    (
        re.compile(r"(?<![A-Za-z0-9_-])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
        MASK,
    ),
)


def mask_secrets(text: str) -> str:
    """Return a text with each secret in it replaced by asterisks."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


SHIPPED = ("audit_seal", "audit_head")
"""Attributes of an event that have a field of their own: a seal of the audit trail, as audit.md promises."""
ORIGIN = "cpc.origin"
"""Key of the WSGI environment under which the application passes on the request's number, account, and address."""


def origin_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the request of an event, its account and address, and the task, leaving out what is unknown.

    Django logs some rejected requests after their context has ended, and attaches the request to the event.
    """
    request = getattr(record, "request", None)
    known = getattr(request, "origin", None) or request_context.origin()
    fields = {
        "request_id": request_context.started_by()
        or getattr(request, "request_id", "")
        or request_context.request_id(),
        **(known() if callable(known) else {}),
        **request_context.task(),
    }
    # Celery also logs events about a task outside of it, and names the task in the event.
    data = getattr(record, "data", None)
    if isinstance(data, dict) and {"id", "name"} <= data.keys():
        fields |= {"task": data["name"], "task_id": data["id"]}
    fields |= getattr(record, "origin", {})
    return {name: value for name, value in fields.items() if value not in ("", None)}


def needs_no_trace(record: logging.LogRecord) -> bool:
    """Return whether an event reports a rejected request, whose stack trace is of no use."""
    return getattr(record, "status_code", 500) < 500


def advice_on(record: logging.LogRecord, trace: str) -> str:
    """Return the remedy for the error that an event reports in its message or trace; empty if none is known."""
    return remedy(f"{record.getMessage()}\n{trace}") if record.levelno >= logging.WARNING else ""


class MaskingFormatter(logging.Formatter):
    """A line for the console, without secrets, and without a stack trace for rejected requests."""

    def format(self, record: logging.LogRecord) -> str:
        # Handlers share the record, and an earlier one may have stored its own text of the exception in it.
        own = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
        if needs_no_trace(record):
            own.exc_info = own.stack_info = None
        request_id = origin_of(record).get("request_id")
        first, line_end, rest = super().format(own).partition("\n")
        first += f" [request {request_id}]" if request_id else ""
        if advice := advice_on(own, rest):
            first += f" {advice}"
        return mask_secrets(first + line_end + rest)


class JsonFormatter(logging.Formatter):
    """One JSON object per line, with fields for searching the log."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "timestamp": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **origin_of(record),
            **{name: getattr(record, name) for name in SHIPPED if hasattr(record, name)},
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            event["status"] = status
        if not needs_no_trace(record):
            if record.exc_info:
                event["exception"] = self.formatException(record.exc_info)
            if record.stack_info:
                event["stack"] = record.stack_info
        if advice := advice_on(record, event.get("exception", "")):
            event["remedy"] = advice
        return json.dumps({name: _plain(value) for name, value in event.items()}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else mask_secrets(str(value))
