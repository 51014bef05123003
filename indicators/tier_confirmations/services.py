"""Services of a sitting: confirm, undo, read as the second person, settle, and publish when all agree."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from indicators.models import (
    AnswerKind,
    Country,
    DrawReason,
    Narrative,
    TierAnswer,
    TierConfirmation,
    TierDraw,
    TierDrawing,
    TierSitting,
)
from indicators.models.tier_confirmations import NO_CITATION, OWN_ANSWER
from indicators.publications import numbering
from indicators.tier_confirmations import publishing, sampling
from indicators.tier_confirmations.queries import TierRow, tier_row, tier_rows
from indicators.tier_confirmations.spot_checks import SpotCheck, differs, spot_check

PRIVATE = ("tier", "page", "narrative", "origin", "note", "text")
"""Columns that the audit trail leaves out: the second person does not see the first answer."""

CHANGED = (
    "After you opened the page, the tier on record or the loaded text changed. Nothing was saved. "
    "Compare again, then confirm."
)
CHECK_OPEN = "The spot check has begun; no tier is confirmed or undone before it is done."
NOT_OF_THE_TWO = "Only the two people who read this tier settle it."
UNDONE = "Undone by the person who confirmed it"


@transaction.atomic
def confirm_tier(
    *,
    year: int,
    country: Country,
    tier: str,
    actor: User,
    page: str = "",
    origin: str = "",
    note: str = "",
    expected_revision: str | None = None,
) -> TierConfirmation:
    """Store what a person read in the report; nothing that is published changes.

    With the last open tier of the report, the spot check is drawn. With `origin`, the tier was read in the text that is
    loaded. Raises `EditConflict` if record or text no longer have the `expected_revision`, and `ValidationError` with
    code `not_on_record`, `check_open`, `confirmed_before`, or `citation`.
    """
    require(actor, Permission.CONFIRM_NARRATIVES)
    sitting = _sitting(year)
    row = tier_row(year, country.code)
    if row is None:
        message = f"No tier of {country.name} is on record for {year}. Enter it with the tier form."
        raise ValidationError(message, code="not_on_record")
    if sitting.drawings.exists():
        raise ValidationError(CHECK_OPEN, code="check_open")
    if row.confirmation is not None:
        raise ValidationError(f"{row.confirmation.recorded_by} confirmed this tier already.", code="confirmed_before")
    if not row.is_open:
        message = f"The tier of {country.name} is confirmed. If it is wrong, correct it with the tier form."
        raise ValidationError(message, code="confirmed_before")
    check_revision(row.revision, expected_revision, CHANGED)
    cited = _citation(row.narrative, page, origin)
    confirmation = create(
        TierConfirmation(
            sitting=sitting,
            country=country,
            tier=tier,
            note=note.strip(),
            on_record=row.record,
            recorded_by=actor,
            **cited,
        ),
        actor=actor,
        action="confirmed",
        private=PRIVATE,
    )
    _open_spot_check(sitting)
    return confirmation


def _citation(narrative: Narrative | None, page: str, origin: str) -> dict[str, object]:
    """Return the columns that say where a tier was read: on a page, in the loaded text, or both."""
    page, origin = page.strip(), origin.strip()
    if not page and not (narrative and origin):
        raise field_error("page" if narrative is None else "origin", NO_CITATION, "citation")
    return {"page": page, "narrative": narrative, "origin": origin} if narrative and origin else {"page": page}


def _sitting(year: int) -> TierSitting:
    """Return the open sitting of a report, locked until the transaction ends; it is made if there is none."""
    sitting, _ = TierSitting.objects.get_or_create(report_year=year, batch=None)
    locked = TierSitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk)
    return locked if locked.batch_id is None else _sitting(year)


@transaction.atomic
def undo_confirmation(*, confirmation: TierConfirmation, actor: User) -> TierConfirmation:
    """Take back one's own confirmation before the spot check opens; it stays on file. A second call changes nothing."""
    require(actor, Permission.CONFIRM_NARRATIVES)
    sitting = TierSitting.objects.select_for_update(of=("self",)).get(pk=confirmation.sitting_id)
    current = TierConfirmation.objects.get(pk=confirmation.pk)
    if not current.is_live:
        return current
    if sitting.drawings.exists():
        raise ValidationError(CHECK_OPEN, code="check_open")
    if current.recorded_by_id != actor.pk:
        raise ValidationError("Only the person who confirmed a tier takes it back.", code="not_yours")
    current.close(at=timezone.now(), by=actor, reason=UNDONE)
    record(actor=actor, action="undid", target=current, after={"reason": UNDONE})
    return current


def _open_spot_check(sitting: TierSitting) -> None:
    """Draw the spot check once no tier of the report is open: those at random, and every one that needs two people."""
    rows = tier_rows(sitting.report_year)
    if any(row.is_open for row in rows):
        return
    confirmed = {row.country.code: row for row in rows if row.confirmation is not None}
    asked = {code: reason for code, row in confirmed.items() if (reason := _always_read(row))}
    eligible = confirmed.keys() - asked.keys()
    size = sampling.sample_size(len(confirmed), len(eligible))
    confirmations = {code: row.confirmation for code, row in confirmed.items() if row.confirmation}
    _draw(sitting, confirmations, eligible, size, DrawReason.RANDOM, asked)


def _always_read(row: TierRow) -> DrawReason | None:
    """Return why a second person reads a tier in any case, or None if only the sample decides."""
    if row.confirmation is not None and row.confirmation.tier != row.record.label:
        return DrawReason.CHANGED
    return DrawReason.NARRATIVE if row.rests_on_narrative else None


def _draw(
    sitting: TierSitting,
    confirmations: dict[str, TierConfirmation],
    eligible: Collection[str],
    size: int,
    reason: DrawReason,
    asked: dict[str, DrawReason] | None = None,
) -> None:
    """Store one drawing: its seed, the `size` tiers that it draws among the eligible, and those `asked` in any case."""
    seed = secrets.randbits(63)
    drawing = TierDrawing.objects.create(
        sitting=sitting, number=sitting.drawings.count() + 1, seed=seed, population=len(eligible), size=size
    )
    drawn = dict.fromkeys(sampling.draw(eligible, seed=seed, size=size), reason) | (asked or {})
    TierDraw.objects.bulk_create(
        TierDraw(drawing=drawing, confirmation=confirmations[code], reason=drawn[code]) for code in sorted(drawn)
    )
    record(
        actor=None,
        action="drew",
        target=sitting,
        after={"drawing": drawing.number, "seed": seed, "of": len(eligible), "drawn": len(drawn)},
    )


@transaction.atomic
def record_reading(
    *, draw: TierDraw, tier: str, actor: User, page: str = "", origin: str = "", text: str = ""
) -> TierAnswer:
    """Store what a second person read; the last answer of a spot check without a difference publishes the tiers.

    A first difference draws as many tiers again, a second one all others. Raises `ValidationError` with code
    `two_people` for the person who confirmed the tier, `read_before`, `citation`, or, once published, `spot_check`.
    """
    sitting, current = _locked_draw(draw, actor)
    if current.confirmation.recorded_by_id == actor.pk:
        raise ValidationError(OWN_ANSWER, code="two_people")
    narrative = _text(current)
    answer = TierAnswer(
        draw=current,
        kind=AnswerKind.READING,
        tier=tier,
        text=text.strip(),
        answered_by=actor,
        **_citation(narrative, page, origin),
    )
    if current.answers.exists():
        raise ValidationError("Someone has read this tier already.", code="read_before")
    create(answer, actor=actor, action="read again", private=PRIVATE)
    if differs(answer, current.confirmation):
        _draw_more(sitting)
    _publish_if_done(sitting, actor)
    return answer


def _text(draw: TierDraw) -> Narrative | None:
    rows = Narrative.objects.live().filter(country=draw.confirmation.country_id)
    return rows.filter(report_year=draw.confirmation.sitting.report_year).first()


@transaction.atomic
def settle(*, draw: TierDraw, tier: str, text: str, actor: User, expected_revision: str | None = None) -> TierAnswer:
    """Store what one of two people writes about their difference; it is settled once both name the same tier.

    Raises `ValidationError` with code `two_people` for anybody else, `no_difference`, `settled`, or `text`, and
    `EditConflict` if the other person has written since the page had the `expected_revision`.
    """
    sitting, current = _locked_draw(draw, actor)
    case = spot_check(sitting).case(current)
    if case.reading is None or not case.is_different:
        raise ValidationError("Only a difference between two answers is settled.", code="no_difference")
    if actor.pk not in (case.confirmation.recorded_by_id, case.reading.answered_by_id):
        raise ValidationError(NOT_OF_THE_TWO, code="two_people")
    if case.is_settled:
        raise ValidationError("This difference is settled.", code="settled")
    check_revision(case.revision, expected_revision)
    answer = TierAnswer(draw=current, kind=AnswerKind.SETTLEMENT, tier=tier, text=text.strip(), answered_by=actor)
    create(answer, actor=actor, action="wrote on a difference", private=PRIVATE)
    _publish_if_done(sitting, actor)
    return answer


def _locked_draw(draw: TierDraw, actor: User) -> tuple[TierSitting, TierDraw]:
    """Return sitting and draw, locked; the lock on publications comes first, since the answer may publish."""
    require(actor, Permission.CONFIRM_NARRATIVES)
    numbering.lock()
    current = TierDraw.objects.select_related("confirmation__sitting", "confirmation__country").get(pk=draw.pk)
    sitting = TierSitting.objects.select_for_update(of=("self",)).get(pk=current.confirmation.sitting_id)
    if sitting.batch_id is not None:
        raise ValidationError("The spot check is done, and its tiers are published.", code="spot_check")
    return sitting, current


def _draw_more(sitting: TierSitting) -> None:
    """Draw again after a difference: as many as at first after one, all others after two."""
    check = spot_check(sitting)
    others = {row.country.code: row for row in check.not_drawn}
    if not others or check.differences > 2:
        return
    is_first = check.differences == 1
    size = min(len(others), check.first_size) if is_first else len(others)
    if size:
        _draw(sitting, others, others.keys(), size, DrawReason.MORE if is_first else DrawReason.ALL)


def _publish_if_done(sitting: TierSitting, actor: User) -> None:
    """Publish the tiers once all drawn ones are read and settled; those that the record has left are read first."""
    check = spot_check(sitting)
    if not check.is_done:
        return
    if _draw_changed(sitting, check):
        return
    batch = publishing.publish_tiers(sitting, check, actor=actor)
    sitting.batch = batch
    sitting.save(update_fields=("batch",))
    record(
        actor=actor, action="published", target=sitting, after={"import": batch.pk, "tiers": len(check.confirmations)}
    )


def _draw_changed(sitting: TierSitting, check: SpotCheck) -> bool:
    """Draw the tiers from which the record has moved away since they were confirmed; return whether there is one."""
    now = _labels(sitting, (row.country_id for row in check.not_drawn))
    moved = {row.country.code: row for row in check.not_drawn if now.get(row.country_id) != row.tier}
    if moved:
        _draw(sitting, moved, (), 0, DrawReason.CHANGED, dict.fromkeys(moved, DrawReason.CHANGED))
    return bool(moved)


def _labels(sitting: TierSitting, countries: Iterable[int]) -> dict[int, str]:
    return {row.country.pk: row.record.label for row in tier_rows(sitting.report_year, countries=list(countries))}
