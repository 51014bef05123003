"""Findings of rules: one list for pages, REST interface, and preconditions. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """Severities of a finding: an error blocks the step, a warning is shown, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a rule.

    `code` is stable and for programs; `message` describes the problem and the remedy; `field` names the input it is
    about; `citation` names the rule. `limit` and `would_be` are set if a limit is exceeded. `url` leads to the page
    where it is resolved (`cpc.finding_targets`); rules leave it empty.
    """

    code: str
    severity: Severity
    message: str
    field: str = ""
    citation: str = ""
    limit: str = ""
    would_be: str = ""
    url: str = ""

    @classmethod
    def error(cls, code: str, message: str, field: str = "", citation: str = "") -> Finding:
        return cls(code, Severity.ERROR, message, field, citation)

    @classmethod
    def warning(cls, code: str, message: str, field: str = "", citation: str = "") -> Finding:
        return cls(code, Severity.WARNING, message, field, citation)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]
