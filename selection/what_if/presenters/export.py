"""The list of a question as a file: ranks now and before, scores, and the chances that were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.web.exports import Field
from selection.what_if.answer import Answered
from selection.what_if.presenters.sentences import question_words
from selection.what_if.queries.answers import Asked


def fields(asked: Asked) -> Sequence[Field[Answered]]:
    """Return the columns; those of chances only where these weights were drawn."""
    question = " ".join(question_words(asked.question, asked.askable)) or f"As in run {asked.run.pk}"
    found = [
        Field[Answered]("Rank now", lambda row: row.rank),
        Field[Answered](f"Rank, {asked.base.label}", lambda row: asked.base.ranks.get(row.code)),
        Field[Answered]("Code", lambda row: row.code),
        Field[Answered]("Country", lambda row: asked.name(row.code)),
        Field[Answered]("Score", lambda row: row.score),
        Field[Answered]("Need", lambda row: row.need),
        Field[Answered]("Feasibility", lambda row: row.feasibility),
    ]
    if asked.is_drawn:
        short = asked.basis.model.method.short if asked.basis.model.method else 0
        found += [
            Field[Answered]("Rank in 90% of draws, from", lambda row: row.chances.low if row.chances else None),
            Field[Answered]("Rank in 90% of draws, to", lambda row: row.chances.high if row.chances else None),
            Field[Answered](
                f"Share of draws in the first {short}", lambda row: row.chances.p10 if row.chances else None
            ),
            Field[Answered](
                f"Share of draws in the first {asked.first}", lambda row: row.chances.p20 if row.chances else None
            ),
        ]
    return [*found, Field[Answered]("Question", lambda _: f"A scenario, not a finding. {question}")]
