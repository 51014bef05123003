"""Part of the What if page that a URL requests: a run, a question, and the list to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse

from cpc.accounts.models import User
from selection.models import Scenario, ScoreRun
from selection.runs.queries.basis import Basis
from selection.what_if.queries.answers import AnsweredQuestion
from selection.what_if.question import Question, QuestionError


@dataclass(frozen=True)
class Asking:
    """Question of a URL. Without `basis` the run cannot answer it; without `run` there is no run.

    If `faults` name fields whose number is out of range, `question` is that of the run itself, `form` the question of
    the other fields, and `typed` the text of these fields.
    """

    run: ScoreRun | None
    basis: Basis | None = None
    question: Question = field(default_factory=Question)
    form: Question = field(default_factory=Question)
    faults: Mapping[str, QuestionError] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionListing:
    """Question with its answer, as a URL requests it, and the scenario that it began from."""

    user: User
    answered: AnsweredQuestion
    parameters: dict[str, str]
    scenario: Scenario | None
    everything: bool
    asking: Asking
    holds_100: bool = True
    follow: str = ""
    """Code of the country that the page follows; "" for none."""

    @property
    def run(self) -> ScoreRun:
        return self.answered.run

    @property
    def reset(self) -> str:
        return reverse("what-if", query=[*self.parameters.items(), *self.followed])

    @property
    def followed(self) -> list[tuple[str, str]]:
        """Return the parameter of the country that the page follows."""
        return [("follow", self.follow)] if self.follow else []

    def address(self, **more: str) -> str:
        pairs = [*self.parameters.items(), *self.followed, *self.answered.question.pairs(), *more.items()]
        return reverse("what-if", query=pairs)

    def action_url(self, name: str) -> str:
        """Return the URL of an action with this question.

        It names the run, since a newer run may be computed meanwhile.
        """
        return reverse(name, query=[("run", str(self.run.pk)), *self.answered.question.pairs()])
