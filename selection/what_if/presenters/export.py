"""List of a question as a file: ranks now and before, scores, and chances if requested."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.web.tables import Column
from selection.runs.labels import SCREEN_GROUPS
from selection.what_if.answer import Answered
from selection.what_if.presenters.sentences import changes_text
from selection.what_if.queries.answers import AnsweredQuestion


def fields(answered: AnsweredQuestion) -> Sequence[Column[Answered]]:
    """Return the columns; those of chances only if these weights were drawn."""
    question = changes_text(answered.question, answered.askable, answered.name) or f"As in run {answered.run.pk}"
    columns = [
        Column[Answered]("Rank now", lambda row: row.rank),
        Column[Answered](f"Rank, {answered.base.label}", lambda row: answered.base.ranks.get(row.code)),
        Column[Answered]("Code", lambda row: row.code),
        Column[Answered]("Country", lambda row: answered.name(row.code)),
        Column[Answered]("Score", lambda row: row.score),
        Column[Answered]("Need", lambda row: row.need),
        Column[Answered]("Feasibility", lambda row: row.feasibility),
    ]
    if answered.is_drawn:
        short = answered.basis.model.method.short
        columns += [
            Column[Answered]("Rank in 90% of draws, from", lambda row: row.chances.low if row.chances else None),
            Column[Answered]("Rank in 90% of draws, to", lambda row: row.chances.high if row.chances else None),
            Column[Answered](
                f"Share of draws in the first {short}", lambda row: row.chances.p10 if row.chances else None
            ),
            Column[Answered](
                f"Share of draws in the first {answered.first}", lambda row: row.chances.p20 if row.chances else None
            ),
        ]
        if answered.is_all_in:
            columns.append(Column[Answered]("Group", lambda row: SCREEN_GROUPS[answered.group_of(row)]))
    return [*columns, Column[Answered]("Question", lambda _: f"A scenario, not a finding. {question}")]
