"""The same position on several candidates of a request, submitted together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.validation import field_error
from selection.consultation.services.positions import submit_position
from selection.models import Candidate, ConsultationRequest, Position, PositionValue

ONE_AT_A_TIME = "“Does not clear” is given for one candidate at a time, because its reason must fit the country."


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the candidates, with what its page showed: the key of the evidence, and the revision of the position.

    `only` is text for this candidate alone, which follows the common text.
    """

    candidate: Candidate
    evidence: int
    revision: str | None = None
    only: str = ""


class SomeRefused(ValidationError):
    """Errors of a common submission, by the code of the candidate's country."""

    def __init__(self, errors: Mapping[str, ValidationError]) -> None:
        super().__init__("Nothing was submitted. Each candidate shows what is wrong.", code="some_refused")
        self.by_code = errors


@transaction.atomic
def submit_for_several(
    *,
    request: ConsultationRequest,
    chosen: Sequence[Chosen],
    value: str,
    text: str,
    proposed_due_on: dt.date | None,
    actor: User,
    today: dt.date | None = None,
) -> list[Position]:
    """Submit one position for each chosen candidate, all or none.

    Each is a record of its own, with the evidence version that was shown. Raises `PermissionDenied` as
    `submit_position` does, `ValidationError` with `candidates` if none is chosen or one is named twice, `one_at_a_time`
    for an objection, and `SomeRefused` with the errors of each candidate.
    """
    if not chosen:
        raise field_error("candidates", "Choose at least one candidate.", "candidates")
    if len({one.candidate.pk for one in chosen}) < len(chosen):
        raise field_error("candidates", "Name each candidate once.", "candidates")
    if value == PositionValue.DOES_NOT_CLEAR and len(chosen) > 1:
        raise field_error("value", ONE_AT_A_TIME, "one_at_a_time")
    submitted, refused = [], {}
    for one in sorted(chosen, key=lambda row: row.candidate.pk):
        try:
            with transaction.atomic():
                position = submit_position(
                    request=request,
                    candidate=one.candidate,
                    value=value,
                    text=joined(text, one.only),
                    proposed_due_on=proposed_due_on,
                    evidence=one.evidence,
                    expected_revision=one.revision,
                    actor=actor,
                    today=today,
                )
        except ValidationError as error:
            refused[one.candidate.country.code] = error
        else:
            submitted.append(position)
    if refused:
        raise SomeRefused(refused)
    return submitted


def joined(text: str, only: str) -> str:
    """Return the common text with the text for one candidate after it."""
    return "\n\n".join(part for part in (text.strip(), only.strip()) if part)
