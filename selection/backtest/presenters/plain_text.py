"""Backtest as plain text, for the output of the command."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from selection.backtest import FEASIBILITY, NEED, Findings
from selection.backtest.presenters import findings as findings_presenters
from selection.backtest.presenters.limits import limits
from selection.models import Backtest

WIDTH = 110
"""Letters in a line of running text."""


def as_text(backtest: Backtest, findings: Findings, names: findings_presenters.Names) -> str:
    """Return the table of cases, all partners together, and the limits."""
    run, (finding, *caveats) = backtest.run, findings_presenters.verdict(findings, names)
    shift = f", every cutoff moved back by {backtest.shift}" if backtest.shift else ""
    lines = [
        f"Backtest of run {run.pk}: model {run.model_key} {run.model_version}, data as of publication no. "
        f"{run.as_of}{shift}",
        "",
        *_wrapped(" ".join(finding)),
        "",
        *_cases(findings, names),
        "",
        *_together(findings),
        "",
    ]
    for bold, rest in caveats:
        lines += _wrapped(f"{bold} {rest}")
    lines += ["", "What this does not show"]
    for number, (bold, rest) in enumerate(limits(findings, names), 1):
        lines += _wrapped(f"{bold} {rest}", f"{number}. ")
    return "\n".join(line.rstrip() for line in lines)


def _cases(findings: Findings, names: findings_presenters.Names) -> list[str]:
    rows = findings_presenters.case_rows(findings, names)
    head = ("Partner", "Data to", "Place", "90%", f"First {findings.first}", "Need", "Feasibility", "Year before")
    table = [
        (
            f"{row.name}{'*' if row.outside else ''}",
            str(row.cutoff),
            row.total[0],
            row.total[1],
            row.within,
            row.axis(NEED)[2],
            row.axis(FEASIBILITY)[2],
            row.earlier,
        )
        for row in rows
    ]
    lines = _aligned([head, *table])
    lines += [f"* {row.name}: {row.outside}" for row in rows if row.outside]
    lines.append("")
    lines += ["Not published then"]
    for row in rows:
        lines += _wrapped(f"{row.name}: {'; '.join(row.lacking) or 'nothing is missing'}", "  ")
    return lines


def _together(findings: Findings) -> list[str]:
    head = ("All partners", "Average place", "Ranked above", "", "Year before")
    table = [(row.label, row.mean, row.above, row.finding, row.earlier) for row in findings_presenters.sums(findings)]
    lines = _aligned([head, *table])
    if rows := findings_presenters.shares(findings):
        lines += ["", *_wrapped(f"With the values of the run: {findings_presenters.today_text(findings)}")]
        lines += _aligned([("Weight of need", "Ranked above"), *rows])
    return lines


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _wrapped(text: str, mark: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
