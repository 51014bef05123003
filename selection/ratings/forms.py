"""Forms of ratings: rating one criterion of one candidate, withdrawing a rating, and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import lazystr

from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm
from selection.form_parts import OverviewFilter, offer
from selection.models import Rating, RatingEvidence
from selection.ratings.services import revision_of

UNKNOWN = "unknown"
LONGEST = 4_000


class RatingForm(RevisionForm):
    error_fields = {"no_evidence": "evidence", "rationale": "rationale", "step": "step"}

    step = forms.ChoiceField(label="Which step describes the country best?", widget=forms.RadioSelect)
    rationale = forms.CharField(
        label="Why",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=(
            "What in the evidence supports this step rather than the next one. Do not enter information about an "
            "individual child."
        ),
    )
    evidence = forms.MultipleChoiceField(label="Evidence", required=False, widget=forms.CheckboxSelectMultiple)
    document = forms.CharField(
        label="A document that is not in the list",
        required=False,
        max_length=300,
        help_text="Its title and where to find it. If you can, add it to the candidate's documents first.",
    )

    def __init__(
        self,
        *args: Any,
        anchors: Sequence[str],
        links: Mapping[str, RatingEvidence],
        own: Rating | None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.initial.update(_initial(own, links))
        self.links = links
        steps = [(str(number), f"{number}: {text}") for number, text in enumerate(anchors)]
        offer(self, "step", [*steps, (UNKNOWN, "Not known: the evidence does not say.")])
        offer(self, "evidence", [(key, lazystr(link)) for key, link in links.items()])

    @property
    def chosen(self) -> int | None:
        """Return the step, or None for “not known”. Call once the form is valid."""
        step = self.cleaned_data["step"]
        return None if step == UNKNOWN else int(step)

    @property
    def chosen_links(self) -> list[RatingEvidence]:
        links = [self.links[key] for key in self.cleaned_data["evidence"]]
        document = self.cleaned_data["document"]
        return [*links, RatingEvidence(document=document)] if document else links

    @property
    def ticked(self) -> frozenset[str]:
        """Return the keys of the selected evidence, for a submitted and an initial form."""
        return frozenset(self["evidence"].value() or ())


def _initial(own: Rating | None, links: Mapping[str, RatingEvidence]) -> dict[str, object]:
    if own is None:
        return {"revision": revision_of(own)}
    held = {link.content for link in own.evidence.all()}
    return {
        "step": UNKNOWN if own.step is None else str(own.step),
        "rationale": own.rationale,
        "evidence": [key for key, link in links.items() if link.content in held],
        "document": next((link.document for link in own.evidence.all() if link.document), ""),
        "revision": revision_of(own),
    }


class WithdrawRatingForm(ConfirmationForm):
    reason = forms.CharField(
        label="Why are you withdrawing it?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays on file with this reason and does not count in later scores.",
    )


class RatingsFilter(OverviewFilter):
    choices = (
        *OverviewFilter.choices,
        ("missing", "With a criterion that no one rated"),
        ("mine", "With a criterion I have not rated"),
    )
