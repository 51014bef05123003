"""The page of the clearance of a text, and its forms. Text 0 is the instrument, any other the amendment's number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.findings import errors
from cpc.web.actions import Breadcrumbs
from partnerships import clearing
from partnerships.clearance import presenters, queries
from partnerships.clearance.forms import (
    AnswersForm,
    AskForm,
    ConsentForm,
    GoOnForm,
    LanguageForm,
    OfficesForm,
    RequestForm,
    SigningForm,
    VersionForm,
)
from partnerships.clearance.preconditions import other_findings
from partnerships.clearance.services.answers import decide_going_on, propose_going_on, record_answers
from partnerships.clearance.services.reminders import remind_by_hand
from partnerships.clearance.services.texts import (
    MAY_CLEAR,
    add_language,
    add_version,
    ask_offices,
    move_due_day,
    submit_text,
    take_off_list,
)
from partnerships.closing import OVER
from partnerships.lookups.clearance import Clearance, clearance_of
from partnerships.models import Amendment, ClearanceRequest, ClearanceRole, Partnership, SilenceDecision, Status
from partnerships.page_frame import Context, PartnershipAction, Visit, breadcrumbs, partnership_page, record_keys_of
from partnerships.status.signing import record_signing

SIGN = Permission.APPROVE_PARTNERSHIPS
PROPOSED = {"lt": ClearanceRole.CLEARS, "h": ClearanceRole.INFORMED}
"""Roles that the form proposes by code of the office: the Legal Adviser finds on each text."""


def amendment_or_404(partnership: Partnership, text: int) -> Amendment | None:
    return get_object_or_404(partnership.amendments, number=text) if text else None


@partnership_page("clearance/clearance.html", "partnership-clearance", "Clearance")
def clearance(visit: Visit) -> Context:
    return _context(visit, 0)


@partnership_page("clearance/clearance.html", "partnership-clearance")
def clearance_of_text(visit: Visit, text: int) -> Context:
    if not text:
        raise Http404
    return _context(visit, text) | {"here": f"Clearance of amendment {text}"}


def _context(visit: Visit, text: int) -> dict[str, Any]:
    partnership, today = visit.partnership, visit.today
    amendment = amendment_or_404(partnership, text)
    record = clearance_of(partnership, amendment)
    amendments, versions = queries.amendments_with_text(partnership), queries.versions_of(partnership)
    tabs = presenters.texts(partnership, amendments, versions, text)
    current = next((tab for tab in tabs if tab.is_current), None)
    is_signed = record.is_signed
    is_open = not is_signed and partnership.status not in OVER
    findings = record.findings(today)
    others = other_findings(record, today) if is_open else []
    keys = [partnership.pk, text]
    waiting = queries.waiting_silences(record, today)
    may_edit = visit.may_edit and is_open
    return {
        "text": text,
        "amendment": amendment,
        "clearance": record,
        "texts": tabs,
        "current": current,
        "is_signed": is_signed,
        "is_open": is_open,
        "stops": len(errors(findings)) + len(others),
        "prints": len(findings) - len(errors(findings)),
        "obstacles": presenters.obstacles(findings, keys, record.refusing(today), may_edit=may_edit),
        "others": presenters.located_with_labels(others, record_keys_of(partnership)),
        "visit_edits": visit.may_edit,
        "may_sign": visit.user.allows(SIGN) and partnership.status == Status.IN_CLEARANCE,
        "why_another": why_not_decide(partnership, visit.user) if visit.user.allows(SIGN) else "",
        "may_ask": may_edit and (amendment is not None or partnership.status in MAY_CLEAR),
        "columns": presenters.columns(record),
        "groups": list(
            presenters.groups(record, queries.reminders_of(record), queries.closed_statutory(record), today)
        ),
        "counts": presenters.counts(record, today),
        "signings": presenters.signing_lines(partnership, amendments, versions),
        "silences": record.silences,
        "waiting": waiting,
        "may_consent": visit.user.allows(Permission.APPROVE_PARTNERSHIPS) and bool(waiting) and is_open,
        "may_edit": may_edit,
        "may_record": visit.may_edit and bool(record.versions),
        "may_sign_days": visit.may_edit and (is_signed or (amendment is not None and amendment.state == "approved")),
        "limits_fit": amendment is None and not any(finding.code.endswith("_limit") for finding in others),
    }


class ClearanceAction(PartnershipAction):
    """Base of the forms of one text."""

    back = "partnership-clearance"
    amendment: Amendment | None
    record: Clearance
    needs_version = True

    def load(self) -> None:
        super().load()
        self.amendment = amendment_or_404(self.partnership, self.kwargs["text"])
        self.record = clearance_of(self.partnership, self.amendment)
        if self.needs_version and not self.record.versions and self.request.method != "POST":
            raise Http404
        what = f"amendment {self.amendment.number}" if self.amendment else "the instrument"
        self.kicker = f"{self.kicker}, {what}"

    @property
    def back_url(self) -> str:
        return presenters.text_url(self.partnership, self.kwargs["text"])

    def breadcrumbs(self) -> Breadcrumbs:
        return breadcrumbs(self.partnership, "partnership-clearance")


class SubmitText(ClearanceAction):
    form_class = AskForm
    template_name = "partnerships/clearance/ask.html"
    stylesheet = "css/partnerships.css"
    heading = button = "Send for clearance"
    done = "The text is sent. The offices on the list are asked."
    intro = "The text, the offices that clear it, and the day by which they answer, in one step."
    needs_version = False
    form: AskForm

    def redirect_reason(self) -> str:
        sent = self.request.method == "POST"
        return "The text was sent before. Add a version instead." if self.record.versions and not sent else ""

    def form_arguments(self) -> dict[str, Any]:
        statutory = queries.statutory_offices()
        proposed = PROPOSED | {agency.code: ClearanceRole.CLEARS for agency in statutory}
        lists = {"offices": queries.active_offices(), "proposed": proposed, "statutory": statutory}
        return super().form_arguments() | lists

    def blocked_reason(self) -> str:
        if self.amendment is not None or self.partnership.status in MAY_CLEAR:
            return super().blocked_reason()
        return "A text is sent once negotiations are open. Record that step first."

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"groups": list(self.form.groups())}

    def perform(self, values: Mapping[str, Any]) -> None:
        submit_text(
            partnership=self.partnership,
            amendment=self.amendment,
            files=self.form.texts,
            second_language=values["second_language"],
            reason=self.form.why_not_asked,
            offices=self.form.offices,
            asked_on=values["asked_on"],
            due_on=values["due_on"],
            actor=self.actor,
        )


class AddVersion(ClearanceAction):
    form_class = VersionForm
    heading = button = "Add a version"
    done = "The version is added."
    intro = "The earlier versions and the answers to them stay on record."
    form: VersionForm

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"clearance": self.record}

    def get_initial(self) -> dict[str, Any]:
        newest = self.record.newest
        return {"second_language": newest.second_language if newest else ""}

    def perform(self, values: Mapping[str, Any]) -> None:
        add_version(
            partnership=self.partnership,
            amendment=self.amendment,
            files=self.form.texts,
            changed=values["changed"],
            is_material=values["is_material"],
            reason=values["reason"],
            asked_on=values["asked_on"],
            due_on=values["due_on"] or values["asked_on"],
            also_ask=self.form.asked_again,
            second_language=values["second_language"],
            actor=self.actor,
        )


class AddLanguage(ClearanceAction):
    form_class = LanguageForm
    heading = button = "Add the other language"
    done = "The text is added."
    intro = "Both texts must be the same version."

    def form_arguments(self) -> dict[str, Any]:
        missing = self.record.facts[-1].missing_languages if self.record.facts else []
        newest = self.record.newest
        named = [clearing.FIRST_LANGUAGE, *([newest.second_language] if newest and newest.second_language else [])]
        return super().form_arguments() | {"languages": missing or named}

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.record.newest is None:
            raise ValidationError("First send the text for clearance.", code="clearance_text")
        add_language(version=self.record.newest, actor=self.actor, **values)


class AskOffices(ClearanceAction):
    form_class = OfficesForm
    template_name = "partnerships/clearance/ask.html"
    heading = button = "Ask more offices"
    done = "The offices are asked."
    intro = "Only the office that owns the text adds or removes one: give the right to clear to those with a stake."
    form: OfficesForm

    def form_arguments(self) -> dict[str, Any]:
        newest = self.record.newest
        asked = [r.agency_id for r in self.record.requests if r.version == newest and r.removed_on is None]
        return super().form_arguments() | {"offices": queries.active_offices().exclude(pk__in=asked)}

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"groups": list(self.form.groups())}

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.record.newest is None or not self.form.offices:
            raise ValidationError("Choose at least one office.", code="clearance_not_asked")
        ask_offices(
            version=self.record.newest,
            offices=self.form.offices,
            asked_on=values["asked_on"],
            due_on=values["due_on"],
            actor=self.actor,
        )


class RecordAnswers(ClearanceAction):
    form_class = AnswersForm
    template_name = "partnerships/clearance/answers.html"
    parameters = ("office",)
    heading = "Record answers"
    button = "Record the answers"
    done = "The answers are recorded."
    intro = "An answer that came by email or in writing, also in the past. It is never edited; a later one replaces it."
    form: AnswersForm

    def form_arguments(self) -> dict[str, Any]:
        first = self.request.GET.get("office", "")
        return super().form_arguments() | {"clearance": self.record, "today": self.today, "first": first}

    def get_context(self) -> dict[str, Any]:
        others = self.form.rows(silent=False)
        return super().get_context() | {
            "silent": self.form.rows(silent=True),
            "others": others,
            "opens_others": any(bound.errors for _, fields in others for bound in fields),
        }

    def perform(self, values: Mapping[str, Any]) -> None:
        form = self.form
        record_answers(version=form.chosen_version, answers=form.given, finding=form.found, actor=self.actor)


class GoOnWithout(ClearanceAction):
    form_class = GoOnForm
    heading = "Go on without an answer"
    button = "Ask an approver"
    done = "An approver decides on it."
    intro = (
        "Silence is never “clear.” Give a reason for each answer that you can't wait for; leave the others blank. "
        "An approver decides, and the record prints it."
    )
    form: GoOnForm

    def form_arguments(self) -> dict[str, Any]:
        base = clearing.base_of(self.record.facts)
        proposed = {
            row.agency_id
            for row in self.record.silences
            if row.decision != SilenceDecision.REFUSED and row.version.number >= base
        }
        silent = [
            (self.record.agencies[office.key], cell.asked)
            for office, cell in self.record.statuses(self.today)
            if cell.status in clearing.SILENT and office.key not in proposed
        ]
        return super().form_arguments() | {"silent": silent}

    def blocked_reason(self) -> str:
        return super().blocked_reason() or ("" if self.form.silent else "No office owes an answer.")

    def perform(self, values: Mapping[str, Any]) -> None:
        propose_going_on(clearance=self.record, reasons=self.form.reasons, actor=self.actor)


class Consent(ClearanceAction):
    permission = Permission.APPROVE_PARTNERSHIPS
    form_class = ConsentForm
    heading = button = "Decide on missing answers"
    done = "The decision is recorded."
    form: ConsentForm

    def load(self) -> None:
        super().load()
        self.waiting = queries.waiting_silences(self.record, self.today)

    def redirect_reason(self) -> str:
        return "" if self.waiting or self.request.method == "POST" else "No answer waits for a decision."

    def form_arguments(self) -> dict[str, Any]:
        others = [row for row in self.waiting if not why_not_decide(row, self.actor)]
        return super().form_arguments() | {"silences": others}

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [(row.agency.name, f"{row.reason} (asked by {row.asked_by})") for row in self.form.silences]

    def blocked_reason(self) -> str:
        if self.form.silences or not self.waiting:
            return ""
        return why_not_decide(self.waiting[0], self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:
        if not self.form.silences:
            raise ValidationError("This was decided already.", code="silence_state")
        decide_going_on(silences=self.form.silences, agree=values["agree"], note=values["note"], actor=self.actor)


class ChangeRequest(ClearanceAction):
    form_class = RequestForm
    button = "Record"
    done = "Recorded."
    asked: ClearanceRequest
    form: RequestForm

    def load(self) -> None:
        super().load()
        found = next((row for row in self.record.requests if row.pk == self.kwargs["request_key"]), None)
        if found is None:
            raise Http404
        self.asked = found
        self.heading = f"Request to {self.asked.agency}"

    def get_initial(self) -> dict[str, Any]:
        return {"action": "due", "due_on": self.asked.due_on, "revision": str(self.asked.due_on)}

    def redirect_reason(self) -> str:
        gone = self.asked.removed_on and self.request.method != "POST"
        return f"{self.asked.agency} was taken off the list." if gone else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        match values["action"]:
            case "off":
                take_off_list(
                    clearance=self.record,
                    agency=self.asked.agency,
                    reason=values["reason"],
                    on=self.today,
                    actor=self.actor,
                )
            case "due" if values["due_on"]:
                expected = self.form.expected_revision
                move_due_day(request=self.asked, due_on=values["due_on"], actor=self.actor, expected_revision=expected)
            case "due":
                raise ValidationError({"due_on": ValidationError("Enter the new day.", code="required")})
            case _ if not remind_by_hand(request=self.asked, today=self.today, actor=self.actor):
                self.unchanged = "This office was reminded today."


class RecordSigning(ClearanceAction):
    form_class = SigningForm
    heading = "Record the signing days"
    button = "Record the days"
    done = "The signing days are recorded."
    intro = "The days on the document. The day of entry is shown beside them."
    needs_version = False

    def perform(self, values: Mapping[str, Any]) -> str:
        record_signing(partnership=self.partnership, amendment=self.amendment, actor=self.actor, **values)
        return reverse("partnership-clearance", args=[self.partnership.pk]) + "#signing"
