"""Labels and badges of candidates."""

from __future__ import annotations

from collections.abc import Mapping

from selection.model_definition.statutory_criteria import StatutoryAnswer

ANSWERS: Mapping[StatutoryAnswer, tuple[str, str]] = {
    StatutoryAnswer.MET: ("good", "met"),
    StatutoryAnswer.NOT_MET: ("bad", "not met"),
    StatutoryAnswer.NOT_KNOWN: ("unknown", "not known"),
}


def describe_answer(answer: StatutoryAnswer) -> tuple[str, str]:
    """Return the kind of badge and the label for an answer on a statutory criterion."""
    kind, label = ANSWERS[answer]
    return kind, label.capitalize()
