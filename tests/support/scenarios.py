"""Stored scenarios of a ranking."""

from __future__ import annotations

from cpc.accounts.models import User
from selection.models import Scenario
from selection.runs.queries.stored_runs import newest_run
from selection.what_if import services as what_if_services
from selection.what_if.question import Question

NEED_FIRST = Question({"need": 60.0, "feasibility": 40.0})
"""A question that reorders the list."""


def stored_scenario(author: User, name: str = "Sample: need first", *, shared: bool = True) -> Scenario:
    """Return the person's scenario with this name on the newest run; store it if there is none."""
    known = Scenario.objects.of(author).filter(name=name).first()
    if known is not None:
        return known
    run = newest_run()
    assert run is not None
    return what_if_services.save_scenario(run=run, question=NEED_FIRST, name=name, shared=shared, actor=author)
