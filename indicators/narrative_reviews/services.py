"""Services for what analysts confirm, correct, and add to the reading of a narrative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import save_validated
from indicators.imports.own_forms import publish_form
from indicators.models import FormReview, Import, Narrative, TraffickingForm, Verdict
from indicators.narratives.queries import FigureEntry, figure_entries, has_sentence, reading_revision, section_of
from indicators.publications import numbering
from indicators.sources.tip_figures import COLUMNS, TIP_FIGURES
from indicators.sources.tip_narratives.forms import FORMS

NOT_IN_TEXT = "This sentence is not in the narrative. Copy it from the text without changes."


@dataclass(frozen=True, slots=True)
class AddedForm:
    """Form of child trafficking that the reader missed, with the sentence that names it."""

    form: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FigureAnswer:
    """Figure as the narrative states it; None if it states none. `sentence` is "" for that of the suggestion."""

    value: int | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Changes by a confirmation: verdicts recorded, forms added, and the import of the figures, if any changed."""

    verdicts: int
    added: int
    figures: int
    batch: Import | None

    @property
    def is_empty(self) -> bool:
        return not (self.verdicts or self.added or self.figures)


@transaction.atomic
def confirm_reading(
    *,
    narrative: Narrative,
    verdicts: Mapping[int, str],
    added: Sequence[AddedForm],
    figures: Mapping[str, FigureAnswer],
    actor: User,
    expected_revision: str | None = None,
) -> Confirmed:
    """Record an analyst's verdicts on a narrative's forms and figures, all or none; the same again changes nothing.

    `verdicts` are by the form's key, `figures` by the figure's (`tip_figures.BY_KEY`). Figures that differ from what
    is published are published as one file in our form. Raises `ValidationError`: of the field `added_N`, `form_PK`, or
    `figure_KEY`, or of code `not_live` or `sample`; and `EditConflict` if someone else confirmed meanwhile.
    """
    require(actor, Permission.CONFIRM_NARRATIVES)
    numbering.lock()  # before the row: whoever takes both locks takes them in this order
    narrative = Narrative.objects.select_for_update(of=("self",)).select_related("country").get(pk=narrative.pk)
    _require_readable(narrative)
    check_revision(reading_revision(narrative), expected_revision)
    changed = _changed_figures(narrative, figures)
    forms = {form.pk: form for form in narrative.forms.all()}
    if unknown := set(verdicts) - set(forms):
        raise ValidationError("This form is not of this narrative.", code=f"form_{min(unknown)}")
    recorded = [review_form(form_id=pk, verdict=verdict, reviewer=actor) for pk, verdict in _new(verdicts, narrative)]
    for number, row in enumerate(added, start=1):
        _add(narrative, row, number, actor)
    batch = _publish(narrative, changed, actor) if changed else None
    return Confirmed(len(recorded), len(added), len(changed), batch)


def _require_readable(narrative: Narrative) -> None:
    if narrative.is_sample:
        raise ValidationError("A sample narrative names no form and states no figure.", code="sample")
    if narrative.valid_to is not None:
        message = "This reading was replaced or taken back meanwhile. Nothing was saved. Open the current one."
        raise ValidationError(message, code="not_live")


def _new(verdicts: Mapping[int, str], narrative: Narrative) -> list[tuple[int, str]]:
    """Return the verdicts that differ from the newest ones."""
    rows = FormReview.objects.filter(form__narrative=narrative).order_by("pk").values_list("form", "verdict")
    newest = dict(rows)
    return [(pk, verdict) for pk, verdict in verdicts.items() if newest.get(pk) != verdict]


@transaction.atomic
def review_form(*, form_id: int, verdict: str, reviewer: User) -> FormReview:
    """Record an analyst's verdict on a suggested form of child trafficking.

    The newest verdict counts. Recording the same verdict again (a double click) adds nothing.
    """
    form = TraffickingForm.objects.select_for_update(of=("self",)).get(pk=form_id)
    latest = form.reviews.first()
    if latest is not None and latest.verdict == verdict:
        return latest
    review = FormReview(form=form, verdict=Verdict(verdict), reviewer=reviewer)
    save_validated(review)
    record(
        actor=reviewer,
        action="reviewed",
        target=form,
        before={"verdict": latest.verdict} if latest else None,
        after={"verdict": review.verdict},
    )
    return review


def _add(narrative: Narrative, row: AddedForm, number: int, actor: User) -> None:
    """Add a form that the reader missed, confirmed at once by the person who found it."""
    field = f"added_{number}"
    if row.form not in FORMS:
        raise ValidationError({field: ValidationError(f"{row.form!r} is not one of the forms.", code="form")})
    if narrative.forms.filter(form=row.form).exists():
        message = f"{row.form} is on the list already. Give your verdict there."
        raise ValidationError({field: ValidationError(message, code="form_listed")})
    sentence = " ".join(row.sentence.split())
    found = section_of(narrative, sentence)
    if found is None:
        raise ValidationError({field: ValidationError(NOT_IN_TEXT, code="sentence")})
    last = narrative.forms.aggregate(last=Max("ordinal"))["last"] or 0
    form = TraffickingForm(
        narrative=narrative,
        ordinal=last + 1,
        form=row.form,
        sentence=sentence,
        section=found.kind,
        locator=found.locator,
        added_by=actor,
    )
    save_validated(form)
    record(actor=actor, action="added", target=form, after={"form": form.form, "sentence": form.sentence})
    review_form(form_id=form.pk, verdict=Verdict.CONFIRMED, reviewer=actor)


@dataclass(frozen=True, slots=True)
class _Changed:
    entry: FigureEntry
    value: int | None
    sentence: str


def _changed_figures(narrative: Narrative, answers: Mapping[str, FigureAnswer]) -> list[_Changed]:
    """Return the figures to publish: those not confirmed as they are answered."""
    changed = []
    for entry in figure_entries(narrative):
        answer = answers.get(entry.key)
        if answer is None or (entry.observation is None and answer.value is None):
            continue
        sentence = " ".join(answer.sentence.split()) or entry.sentence
        if answer.value is not None and not has_sentence(narrative, sentence):
            message = NOT_IN_TEXT if sentence else "Copy the sentence that states this figure from the narrative."
            raise ValidationError({f"figure_{entry.key}": ValidationError(message, code="sentence")})
        if not entry.is_confirmed or (entry.value, entry.sentence) != (answer.value, sentence):
            changed.append(_Changed(entry, answer.value, sentence if answer.value is not None else ""))
    return changed


def _publish(narrative: Narrative, changed: Sequence[_Changed], actor: User) -> Import:
    country, year = narrative.country, narrative.report_year
    # Makes the file differ from an earlier one with the same figures.
    source = f"TIP Report {year}, narrative {narrative.pk}, reading {numbering.current() + 1}"
    return publish_form(
        TIP_FIGURES,
        name=f"TIP figures {year} {country.code}, reading {numbering.current() + 1}.csv",
        year=year,
        header=COLUMNS,
        rows=[
            (
                year,
                country.code,
                country.name,
                row.entry.key,
                "" if row.value is None else row.value,
                row.sentence,
                source,
            )
            for row in changed
        ],
        actor=actor,
    )
