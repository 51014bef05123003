"""REST interface to the facts read from narratives of the TIP Report. Read-only.

The text of a narrative is on its page; here are its locators, so that no answer repeats the publisher's sentences.
"""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from indicators.models import FormReview, Narrative, TraffickingForm

VIEW, TAG = Permission.VIEW_OBSERVATIONS, "narratives"

NARRATIVES = Resource(
    name="narratives",
    noun="narrative",
    model=Narrative,
    title="Narratives",
    description="The current narratives of the TIP Report, by country and the newest year first, without their text.",
    fields=(
        "id country=country.code country_name=country.name report_year tier title locator file=file.name "
        "sha256=file.sha256 digest known_from=valid_from"
    ),
    notes={
        "country": "Code of the country.",
        "country_name": "Its name.",
        "report_year": "The year of the report; 0 for a sample that is of no report.",
        "tier": "The tier that it states; empty if none.",
        "title": "The title.",
        "locator": "Its position in the file.",
        "file": "The name of the file.",
        "sha256": "SHA-256 of the file.",
        "digest": "SHA-256 of what was read.",
        "known_from": "The publication number that added it.",
    },
    order=("country__code", "-report_year", "pk"),
    filters="report_year",
    rows=lambda _user: Narrative.objects.live(),
    permission=VIEW,
    tag=TAG,
    prefix="indicator_",
    url_prefix="indicators-",
)
FORMS = Resource(
    name="trafficking-forms",
    noun="trafficking form",
    model=TraffickingForm,
    title="Forms of trafficking",
    description="Forms of child trafficking that the current narratives name, with the positions of their sentences.",
    fields=(
        "id narrative country=narrative.country.code report_year=narrative.report_year ordinal form section locator "
        "added_by=added_by.name"
    ),
    notes={
        "narrative": "The number of the narrative.",
        "country": "Code of the country.",
        "report_year": "The year of the report.",
        "ordinal": "The order in the narrative.",
        "form": "The form.",
        "section": "The section of the narrative.",
        "locator": "The position of the sentence in the file.",
        "added_by": "The person who added it; null if it was read.",
    },
    reasons={"added_by": "not_applicable"},
    order=("narrative_id", "ordinal", "pk"),
    filters="narrative report_year",
    rows=lambda _user: TraffickingForm.objects.filter(narrative__in=Narrative.objects.live().values("pk")),
    permission=VIEW,
    tag=TAG,
    prefix="indicator_",
    url_prefix="indicators-",
)
REVIEWS = Resource(
    name="form-reviews",
    noun="form review",
    model=FormReview,
    title="Reviews of forms of trafficking",
    description="Each verdict of an analyst on a form that a current narrative names; the newest of a form counts.",
    fields="id form narrative=form.narrative verdict reviewer=reviewer.name at",
    notes={
        "form": "The number of the form.",
        "narrative": "The number of the narrative.",
        "verdict": "The verdict.",
        "reviewer": "The person who reviewed.",
    },
    filters="form narrative verdict",
    rows=lambda _user: FormReview.objects.filter(form__narrative__in=Narrative.objects.live().values("pk")),
    permission=VIEW,
    tag=TAG,
    prefix="indicator_",
    url_prefix="indicators-",
)
RESOURCES = (NARRATIVES, FORMS, REVIEWS)
