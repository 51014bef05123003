"""Clearance of the sample's texts: the instrument, cleared and signed, and an amendment that three answers stop."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.base import ContentFile, File

from cpc.accounts.models import Agency
from partnerships.clearance.services.answers import Given, record_answers
from partnerships.clearance.services.texts import Offices, add_version, submit_text
from partnerships.lookups.clearance import clearance_of
from partnerships.models import Amendment, AnswerKind, ClearanceRole, LegalReview, Partnership
from partnerships.sample.office import Office

CLEAR = ("lt", "state-f", "inl", "regional", "post", "doj", "dol", "hhs")
ASKED, FOUND = date(2023, 12, 4), date(2024, 1, 30)
PARTICIPANTS, MINISTRY = "Write “participants intend” in articles 2 and 4.", "Name the new ministry."
CASE_FILES = "Article 5 lets case files leave the prosecutor's office."


def clear_instrument(office: Office, partnership: Partnership, file: File[bytes]) -> None:
    """Send the instrument to every office, which clears it within the time, and record the finding."""
    version = submit_text(
        partnership=partnership,
        files={"English": file, "Sample language": _text("Instrument in the other language")},
        offices=_offices(),
        asked_on=ASKED,
        due_on=date(2023, 12, 18),
        second_language="Sample language",
        actor=office.drafter,
    )
    given = [Given(agency, AnswerKind.CLEAR, date(2023, 12, 14)) for agency in _asked()]
    record_answers(version=version, answers=given, finding=(LegalReview.NON_BINDING, FOUND), actor=office.drafter)


def clear_amendment(office: Office, amendment: Amendment) -> None:
    """Send three versions of an amendment to the offices: one does not clear, and two have not answered."""
    submit_text(
        partnership=amendment.partnership,
        amendment=amendment,
        files={
            "English": _text("Amendment 2, version 1"),
            "Sample language": _text("Amendment 2 in the other language"),
        },
        offices=_offices(),
        asked_on=date(2026, 10, 19),
        due_on=date(2026, 11, 2),
        second_language="Sample language",
        actor=office.drafter,
    )
    _answer(office, amendment, date(2026, 10, 27), PARTICIPANTS, found=True, lt="clear_with_edits")
    _answer(office, amendment, date(2026, 10, 28), inl="clear", post="clear", dol="clear", hhs="no_equities")
    _answer(office, amendment, date(2026, 10, 29), regional="extension", doj="clear_with_comments")
    _next(office, amendment, date(2026, 11, 4), ("lt", "inl", "regional", "state-f"), changed="Preamble, article 2.",
          reason="The renamed ministry, and the edits of the Legal Adviser.", is_material=False)  # fmt: skip
    _answer(office, amendment, date(2026, 11, 6), MINISTRY, regional="clear_with_comments")
    _answer(office, amendment, date(2026, 11, 9), found=True, lt="clear", inl="clear")
    _next(office, amendment, date(2026, 11, 16), (), changed="Articles 5 and 7.", is_material=True,
          reason="Data may be shared with other districts; the report moves from yearly to twice a year.")  # fmt: skip
    _answer(office, amendment, date(2026, 11, 18), inl="clear", post="clear", regional="clear", dol="clear")
    _answer(office, amendment, date(2026, 11, 19), CASE_FILES, doj="does_not_clear")


def _next(office: Office, amendment: Amendment, on: date, again: tuple[str, ...], **values: Any) -> None:
    add_version(
        partnership=amendment.partnership,
        amendment=amendment,
        files={"English": _text(f"Amendment 2 as of {on}")},
        asked_on=on,
        due_on=date(2026, 11, 30) if values["is_material"] else date(2026, 11, 13),
        also_ask=[agency for agency in _asked() if agency.code in again],
        actor=office.drafter,
        **values,
    )


def _answer(
    office: Office, amendment: Amendment, on: date, comment: str = "", *, found: bool = False, **kinds: str
) -> None:
    version = clearance_of(amendment.partnership, amendment).newest
    assert version is not None
    agencies = {agency.code: agency for agency in _asked()}
    given = [Given(agencies[code], AnswerKind(kind), on, comment) for code, kind in kinds.items() if code in agencies]
    finding = (LegalReview.NON_BINDING, on) if found else None
    record_answers(version=version, answers=given, finding=finding, actor=office.drafter)


def _asked() -> list[Agency]:
    """Return the offices that clear. Those of the demonstration are left out where it was not loaded."""
    return list(Agency.objects.filter(code__in=CLEAR, is_active=True).order_by("code"))


def _offices() -> Offices:
    informed = {Agency.objects.get(code="h"): ClearanceRole.INFORMED}
    return dict.fromkeys(_asked(), ClearanceRole.CLEARS) | informed


def _text(title: str) -> ContentFile[bytes]:
    return ContentFile(f"SAMPLE. {title}\n".encode(), name="sample.txt")
