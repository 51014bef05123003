"""Labels and badges of candidates."""

from __future__ import annotations

from collections.abc import Mapping

from selection.model_definition.statutory_criteria import Answer

ANSWERS: Mapping[Answer, tuple[str, str]] = {
    Answer.MET: ("good", "met"),
    Answer.NOT_MET: ("bad", "not met"),
    Answer.NOT_KNOWN: ("unknown", "not known"),
}


def said_of(answer: Answer) -> tuple[str, str]:
    """Return the kind of badge and the label for an answer on a statutory criterion."""
    kind, words = ANSWERS[answer]
    return kind, words.capitalize()
