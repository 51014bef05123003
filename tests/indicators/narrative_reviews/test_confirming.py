"""Confirming what was read in a narrative: all at once, corrected, and added to."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from indicators.imports.publishing import retract
from indicators.models import FormReview, Import, Narrative, Observation, Publication, TraffickingForm
from indicators.narrative_reviews.services import AddedForm, Confirmed, FigureAnswer, confirm_reading
from indicators.narratives import queries
from tests.support.accounts import make_account
from tests.support.pages import NARRATIVE, published

pytestmark = pytest.mark.django_db

FISHING = "Boys are forced to work in fishing on the lake."
INVESTIGATED = "The government investigated 45 trafficking cases and convicted 12 traffickers."
IDENTIFIED = "Authorities identified 127 trafficking victims, including 31 children."
TEXT = (
    NARRATIVE.replace("A second sentence names nothing.", "The lake is wide, and girls there sell fish.")
    + f"PROSECUTION\n{INVESTIGATED} A later law of 2022 changed nothing.\nPROTECTION\n{IDENTIFIED}\n"
)
BENIN = TEXT.replace("GHANA", "BENIN").replace("Ghana", "Benin")
FIGURES = {"investigations": 45, "convictions": 12, "victims_identified": 127, "child_victims_identified": 31}


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def narrative(tmp_path: Path) -> Narrative:
    return Narrative.objects.live().get(batch=published(tmp_path, TEXT, "ghana_2023.txt"))


def figures(narrative: Narrative) -> dict[str, tuple[int | None, bool]]:
    """Return the figures on record, each with whether an analyst confirmed it."""
    entries = queries.figure_entries(narrative)
    return {entry.key: (entry.value, entry.is_confirmed) for entry in entries if entry.observation}


def confirm(narrative: Narrative, actor: User, **changes: Any) -> Confirmed:
    """Confirm everything as it was suggested, except for `changes`."""
    entries = queries.figure_entries(narrative)
    arguments: dict[str, Any] = {
        "verdicts": {form.pk: "confirmed" for form in narrative.forms.all()},
        "added": [],
        "figures": {entry.key: FigureAnswer(entry.value) for entry in entries} | changes.pop("answers", {}),
    }
    return confirm_reading(narrative=narrative, actor=actor, **(arguments | changes))


# ---- what is suggested ---------------------------------------------------------------------------------------------


def test_figures_are_published_unconfirmed_with_their_sentence(narrative: Narrative) -> None:
    assert figures(narrative) == {key: (value, False) for key, value in FIGURES.items()}
    (row,) = Observation.objects.live().filter(indicator__code="tip.victims_identified")
    assert (row.value, row.quality, row.raw_text, row.period) == (127, "unconfirmed", IDENTIFIED, "2023")
    assert row.batch == narrative.batch
    page = queries.narrative_page(narrative.pk)
    assert page is not None
    assert (page.waiting, page.stated) == (len(page.forms) + 4, 4)


# ---- confirming ----------------------------------------------------------------------------------------------------


def test_all_is_confirmed_at_once_in_one_publication_and_again_changes_nothing(
    narrative: Narrative, analyst: User
) -> None:
    before = Publication.objects.count()
    outcome = confirm(narrative, analyst)
    assert (outcome.verdicts, outcome.added, outcome.figures) == (narrative.forms.count(), 0, 4)
    assert Publication.objects.count() == before + 1
    assert figures(narrative) == {key: (value, True) for key, value in FIGURES.items()}
    (row,) = Observation.objects.live().filter(indicator__code="tip.convictions")
    assert (row.value, row.quality, row.raw_text) == (12, "stated", INVESTIGATED)
    assert row.batch == outcome.batch
    assert row.batch.created_by == analyst
    assert "narrative" in row.note
    assert confirm(narrative, analyst).is_empty
    assert (Publication.objects.count(), FormReview.objects.count()) == (before + 1, narrative.forms.count())


def test_a_figure_is_corrected_cleared_and_corrected_back(narrative: Narrative, analyst: User) -> None:
    confirm(narrative, analyst, answers={"investigations": FigureAnswer(46), "convictions": FigureAnswer(None)})
    assert figures(narrative)["investigations"] == (46, True)
    assert figures(narrative)["convictions"] == (None, True)
    outcome = confirm(narrative, analyst, answers={"investigations": FigureAnswer(45)})
    assert outcome.figures == 1
    assert figures(narrative)["investigations"] == (45, True)
    again = confirm(narrative, analyst, answers={"investigations": FigureAnswer(46)})
    assert (again.figures, figures(narrative)["investigations"]) == (1, (46, True))
    history = Observation.objects.filter(indicator__code="tip.investigations").order_by("valid_from")
    assert [row.value for row in history] == [45, 46, 45, 46]


def test_a_figure_is_corrected_although_a_form_of_a_later_report_states_it(
    narrative: Narrative, analyst: User, tmp_path: Path
) -> None:
    header = "report_year,iso3,country,figure,value,sentence,source"
    rows = (f"{year},GHA,Ghana,investigations,50,{INVESTIGATED},office" for year in (2023, 2025))
    published(tmp_path, "\n".join((header, *rows)) + "\n", "figures.csv")
    assert figures(narrative)["investigations"] == (50, True)
    confirm(narrative, analyst, answers={"investigations": FigureAnswer(45)})
    assert figures(narrative)["investigations"] == (45, True)


def test_taking_the_confirmation_back_restores_the_suggestion(narrative: Narrative, analyst: User) -> None:
    batch = confirm(narrative, analyst, answers={"investigations": FigureAnswer(46)}).batch
    assert isinstance(batch, Import)
    retract(batch_id=batch.pk, actor=analyst, reason="Wrong page")
    assert figures(narrative) == {key: (value, False) for key, value in FIGURES.items()}


def test_a_figure_that_the_reader_missed_needs_its_sentence(narrative: Narrative, analyst: User) -> None:
    for sentence, wanted in (("", "Copy the sentence"), ("The government prosecuted 30 suspects.", "not in the")):
        with pytest.raises(ValidationError) as refused:
            confirm(narrative, analyst, answers={"prosecutions": FigureAnswer(30, sentence)})
        assert wanted in str(refused.value.message_dict["figure_prosecutions"])
    assert not FormReview.objects.exists()
    confirm(narrative, analyst, answers={"prosecutions": FigureAnswer(0, "A later law of 2022  changed nothing.")})
    assert figures(narrative)["prosecutions"] == (0, True)


def test_a_form_is_added_with_a_sentence_of_the_text(narrative: Narrative, analyst: User) -> None:
    sentence = "The lake is wide, and girls there sell fish."
    outcome = confirm(narrative, analyst, added=[AddedForm("Street vending", sentence)])
    assert outcome.added == 1
    (added,) = narrative.forms.filter(added_by__isnull=False)
    assert (added.form, added.section, added.added_by) == ("Street vending", "profile", analyst)
    assert added.reviews.get().verdict == "confirmed"
    refusals = {
        "already": AddedForm("Street vending", sentence),
        "not one of the forms": AddedForm("Piracy", sentence),
        "not in the narrative": AddedForm("Fishing", FISHING),
    }
    for wanted, row in refusals.items():
        with pytest.raises(ValidationError) as refused:
            confirm(narrative, analyst, added=[row])
        assert wanted in str(refused.value.message_dict["added_1"])
    with pytest.raises(IntegrityError, match="trafficking_form_once"), transaction.atomic():
        TraffickingForm.objects.create(narrative=narrative, ordinal=99, form="Street vending", sentence=sentence)


def test_nothing_is_saved_if_one_part_is_refused(narrative: Narrative, analyst: User) -> None:
    with pytest.raises(ValidationError):
        confirm(
            narrative,
            analyst,
            added=[AddedForm("Fishing", FISHING)],
            answers={"investigations": FigureAnswer(46)},
        )
    assert not FormReview.objects.exists()
    assert figures(narrative)["investigations"] == (45, False)


def test_who_comes_second_sees_that_someone_confirmed(narrative: Narrative, analyst: User) -> None:
    revision = queries.reading_revision(narrative)
    confirm(narrative, analyst, expected_revision=revision)
    with pytest.raises(EditConflict):
        confirm(narrative, analyst, answers={"investigations": FigureAnswer(1)}, expected_revision=revision)
    assert figures(narrative)["investigations"] == (45, True)


def test_a_reading_that_was_replaced_is_not_confirmed(narrative: Narrative, analyst: User, tmp_path: Path) -> None:
    published(tmp_path, TEXT.replace("wide", "deep"), "ghana_2023_later.txt")
    with pytest.raises(ValidationError, match="replaced or taken back"):
        confirm(narrative, analyst)


def test_only_those_who_confirm_narratives_may(narrative: Narrative) -> None:
    with pytest.raises(PermissionDenied):
        confirm(narrative, make_account(Role.VIEWER))


# ---- the page ------------------------------------------------------------------------------------------------------


def entries(page: Any) -> dict[str, str]:
    """Return what the browser would send of the form as it is shown."""
    form = page.context["form"]
    sent: dict[str, str] = {}
    for bound in form:
        value = bound.value()
        if value is True:
            sent[bound.html_name] = "on"
        elif value not in (None, False, ""):
            sent[bound.html_name] = str(value)
    return sent


def test_an_analyst_confirms_the_page_and_goes_on_to_the_next(analyst: User, tmp_path: Path) -> None:
    for name, text in (("benin_2023", BENIN), ("ghana_2023", TEXT)):
        published(tmp_path, text, f"{name}.txt")
    benin, ghana = Narrative.objects.live().order_by("country__name")
    client = Client()
    client.force_login(analyst)
    url = reverse("narrative", args=[benin.pk])
    page = client.get(url)
    assert "Confirm, go to Ghana" in page.content.decode()
    sent = entries(page) | {"then": "next"}
    answer = client.post(url, sent, follow=True)
    assert answer.redirect_chain == [(reverse("narrative", args=[ghana.pk]), HTTPStatus.FOUND)]
    assert "Benin: " in answer.content.decode()
    repeated = client.post(url, sent, follow=True)
    assert "recorded already" in repeated.content.decode()
    last = client.get(reverse("narrative", args=[ghana.pk])).content.decode()
    assert "go to" not in last


def test_an_unticked_form_is_not_in_the_text_and_a_bad_number_keeps_the_page(
    narrative: Narrative, analyst: User
) -> None:
    client = Client()
    client.force_login(analyst)
    url = reverse("narrative", args=[narrative.pk])
    first = narrative.forms.first()
    assert first is not None
    sent = entries(client.get(url))
    del sent[f"form_{first.pk}"]
    refused = client.post(url, sent | {"figure_convictions": "twelve"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Enter a whole number" in refused.content.decode()
    assert 'value="twelve"' in refused.content.decode()
    missing = client.post(url, sent | {"added_1": "Fishing"})
    assert "Copy the sentence that names the form" in missing.content.decode()
    assert not FormReview.objects.exists()
    client.post(url, sent)
    assert first.reviews.get().verdict == "rejected"
    again = entries(client.get(url))
    assert f"form_{first.pk}" not in again


def test_a_viewer_reads_and_does_not_confirm(narrative: Narrative) -> None:
    client = Client()
    client.force_login(make_account(Role.VIEWER))
    url = reverse("narrative", args=[narrative.pk])
    page = client.get(url).content.decode()
    assert "127" in page
    assert "Analysts of the TIP Office confirm" in page
    assert client.post(url, {}).status_code == HTTPStatus.FORBIDDEN
