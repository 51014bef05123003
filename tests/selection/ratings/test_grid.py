"""The rating grid: partial saving, conflicts, hand-in, blocks, workbooks, independence, and rules of the database."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from cpc.web.models import SheetDraft
from indicators.models import Observation
from selection.models import Candidate, Rating, RatingHandIn, SelectionRound
from selection.ratings import services as ratings_services
from selection.ratings.grid.queries import RaterGrid, grid_of, unsaved_entries
from selection.ratings.queries import all_have_rated, cells_of, judges_apart, ratings_of_round
from selection.rounds import services as rounds_services
from tests.support.accounts import make_account
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("scoring")]

WHY = "Cases rose in two years running."
REPORT = "Annual report of the ministry"


@pytest.fixture
def scored(office: Office) -> SelectionRound:
    return office.scored()


@pytest.fixture
def ghana(office: Office, scored: SelectionRound) -> Candidate:
    return office.candidate(scored)


def page_of(found: SelectionRound) -> str:
    return reverse("round-ratings", args=[found.pk])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(found: SelectionRound, user: User, **cells: Any) -> dict[str, Any]:
    """Return the form as the page has it now, with some cells over it; `GHA__protection` names a cell."""
    grid = grid_of(found, user)
    values: dict[str, Any] = {"idempotency_key": new_key(), "step": "save"}
    for key, cell in grid.cells.items():
        own = cell.own
        values[f"cell.{key}"] = "" if own is None else "n" if own.step is None else str(own.step)
        values[f"seen.{key}"] = ratings_services.revision_of(own)
    return values | {name.replace("__", "."): value for name, value in cells.items()}


def live(user: User) -> dict[str, int | None]:
    rows = Rating.objects.filter(rater=user, superseded_at=None).select_related("candidate__country")
    return {f"{row.candidate.country.code}.{row.criterion}": row.step for row in rows}


def not_saved(found: SelectionRound, user: User) -> dict[str, str]:
    return {str(key): entry.text for key, entry in unsaved_entries(grid_of(found, user)).items()}


def whole(found: SelectionRound, user: User, step: str = "2") -> dict[str, Any]:
    grid = grid_of(found, user)
    cells = {f"cell.{key}": step for key in grid.cells}
    return form_of(found, user) | cells | {"all-why": WHY, "all-doc": REPORT, "step": "hand_in"}


# ---- saving --------------------------------------------------------------------------------------------------------


def test_good_cells_are_saved_and_a_refused_one_is_stored_and_named(office: Office, scored: SelectionRound) -> None:
    client = client_of(office.analyst)
    sent = form_of(
        scored,
        office.analyst,
        cell__GHA__protection="3",
        why__GHA__protection=WHY,
        doc__GHA__protection=REPORT,
        cell__CIV__protection="5",
        cell__XKX__forms="n",
        why__XKX__forms="Read the whole narrative.",
        cell__CIV__forms="4",
    )
    answer = client.post(page_of(scored), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{page_of(scored)}?cell=CIV.forms")
    assert live(office.analyst) == {"GHA.protection": 3, "XKX.forms": None}
    assert not_saved(scored, office.analyst) == {"CIV.protection": "5", "CIV.forms": "4"}
    page = client.get(answer.headers["Location"]).text
    assert "2 ratings are saved. Two cells are not saved" in page
    assert "Two changes are not saved yet." in page
    assert ", protection: 5 is not a step. Use 0 to 4, or n." in page
    assert "needs evidence and a reason." in page
    again = client.post(page_of(scored), sent)
    assert again.headers["Location"] == answer.headers["Location"]
    assert Rating.objects.count() == 2


def test_one_reason_and_document_complete_a_block(office: Office, scored: SelectionRound) -> None:
    client = client_of(office.analyst)
    answer = client.post(page_of(scored), whole(scored, office.analyst))
    assert answer.status_code == 302
    assert len(live(office.analyst)) == cells_of(scored) == 30
    assert not_saved(scored, office.analyst) == {}
    assert not SheetDraft.objects.exists()
    made = Rating.objects.filter(rater=office.analyst).first()
    assert made is not None
    assert (made.rationale, made.evidence.get().document) == (WHY, REPORT)
    assert client.get(page_of(scored)).text.count("30 of 30") >= 1
    hand_in = RatingHandIn.objects.get()
    assert (hand_in.rated, hand_in.cells, hand_in.is_complete) == (30, 30, True)
    before = Rating.objects.count()
    client.post(page_of(scored), form_of(scored, office.analyst, step="hand_in"))
    assert (Rating.objects.count(), RatingHandIn.objects.count()) == (before, 1)


def test_a_changed_step_supersedes_with_the_evidence_it_had_and_a_cleared_one_is_withdrawn(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    first = office.rate(ghana, "protection", 3)
    client = client_of(office.analyst)
    client.post(page_of(scored), form_of(scored, office.analyst, cell__GHA__protection="2"))
    first.refresh_from_db()
    newer = Rating.objects.get(rater=office.analyst, superseded_at=None)
    assert (newer.step, newer.rationale, newer.evidence.get().document) == (2, first.rationale, REPORT)
    assert first.superseded_at is not None
    client.post(page_of(scored), form_of(scored, office.analyst, cell__GHA__protection=""))
    assert not_saved(scored, office.analyst) == {"GHA.protection": ""}
    assert live(office.analyst) == {"GHA.protection": 2}
    sent = form_of(scored, office.analyst, cell__GHA__protection="", why__GHA__protection="The report was withdrawn.")
    client.post(page_of(scored), sent)
    newer.refresh_from_db()
    assert newer.withdrawn_because == "The report was withdrawn."
    assert live(office.analyst) == {}


def test_two_windows_of_one_rater_conflict_cell_by_cell_and_lose_nothing(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    client = client_of(office.analyst)
    old = form_of(
        scored,
        office.analyst,
        cell__GHA__protection="1",
        why__GHA__protection="From the old window.",
        doc__GHA__protection=REPORT,
        cell__GHA__forms="2",
        why__GHA__forms=WHY,
        doc__GHA__forms=REPORT,
    )
    office.rate(ghana, "protection", 4)
    client.post(page_of(scored), old)
    assert live(office.analyst) == {"GHA.protection": 4, "GHA.forms": 2}
    page = client.get(f"{page_of(scored)}?cell=GHA.protection").text
    assert "Ghana, protection: you rated it 4 in another window." in page
    assert "From the old window." in page
    assert "On record now: <b>4</b>" in page
    assert "Cases rose in two years running." in page
    # The page now carries the newer revision, so that saving again puts it on record.
    client.post(page_of(scored), form_of(scored, office.analyst, cell__GHA__protection="1", showed="GHA.protection"))
    assert live(office.analyst) == {"GHA.protection": 1, "GHA.forms": 2}
    assert Rating.objects.get(rater=office.analyst, criterion="protection", superseded_at=None).rationale == (
        "From the old window."
    )
    assert not_saved(scored, office.analyst) == {}


def test_what_another_window_stored_survives_a_save_of_this_one(office: Office, scored: SelectionRound) -> None:
    client = client_of(office.analyst)
    here = form_of(scored, office.analyst, cell__GHA__forms="9")
    there = form_of(scored, office.analyst, cell__GHA__protection="3", step="store")
    answer = client.post(page_of(scored), there, headers={"Accept": "application/json"})
    assert answer.json() == {"unsaved": ["GHA.protection"]}
    client.post(page_of(scored), here)
    assert not_saved(scored, office.analyst) == {"GHA.protection": "3", "GHA.forms": "9"}
    taken_back = form_of(scored, office.analyst, cell__GHA__forms="9", showed="GHA.protection GHA.forms")
    client.post(page_of(scored), taken_back)
    assert not_saved(scored, office.analyst) == {"GHA.forms": "9"}
    client.post(page_of(scored), {"step": "discard"})
    assert not_saved(scored, office.analyst) == {}
    assert not Rating.objects.exists()


def test_two_raters_at_one_cell_each_have_their_own(office: Office, scored: SelectionRound) -> None:
    cells = {"cell__GHA__protection": "3", "why__GHA__protection": WHY, "doc__GHA__protection": REPORT}
    first, second = form_of(scored, office.analyst, **cells), form_of(scored, office.second, **cells)
    first["cell.GHA.protection"] = "1"
    client_of(office.second).post(page_of(scored), second)
    page = client_of(office.analyst).get(f"{page_of(scored)}?cell=GHA.protection").text
    assert "One other has rated this." in page
    assert WHY not in page
    client_of(office.analyst).post(page_of(scored), first)
    assert (live(office.analyst), live(office.second)) == ({"GHA.protection": 1}, {"GHA.protection": 3})
    page = client_of(office.analyst).get(f"{page_of(scored)}?cell=GHA.protection").text
    assert "<small>1 · 3</small>" in page
    assert WHY in page


def test_evidence_of_another_country_or_gone_is_refused_at_its_cell(office: Office, scored: SelectionRound) -> None:
    sent = form_of(
        scored,
        office.analyst,
        cell__GHA__protection="3",
        why__GHA__protection=WHY,
        on__GHA__protection=["observation:999999", "narrative:1:abc"],
    )
    client = client_of(office.analyst)
    client.post(page_of(scored), sent)
    assert live(office.analyst) == {}
    assert "evidence that you cited is no longer on record" in client.get(page_of(scored)).text


def test_a_round_that_takes_no_ratings_keeps_what_was_typed_on_the_page(
    office: Office, scored: SelectionRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(found: SelectionRound) -> SelectionRound:
        raise ValidationError(f"{found} is decided, so you can't change it.", code="round_closed")

    monkeypatch.setattr(ratings_services, "open_to_change", closed)
    sent = form_of(scored, office.analyst, cell__GHA__protection="3", why__GHA__protection="Typed late.")
    answer = client_of(office.analyst).post(f"{page_of(scored)}", sent | {"at": "GHA.protection"})
    assert answer.status_code == 422
    assert "is decided, so you can" in answer.text
    assert "Typed late." in answer.text


# ---- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "reads", "writes"), [(Role.VIEWER, 200, 403), (Role.APPROVER, 200, 403)])
def test_others_read_the_overview_and_write_nothing(
    office: Office, scored: SelectionRound, role: Role, reads: int, writes: int
) -> None:
    client = client_of(make_account(role, username="somebody"))
    answer = client.get(page_of(scored))
    assert (answer.status_code, "data-rating-form" in answer.text) == (reads, False)
    assert client.post(page_of(scored), form_of(scored, office.analyst)).status_code == writes
    form = reverse("rate-candidate", args=[scored.pk, "GHA"])
    assert client.get(form).status_code == writes


def test_unknown_cells_formats_steps_and_candidates_are_refused(office: Office, scored: SelectionRound) -> None:
    client, page = client_of(office.analyst), page_of(scored)
    assert client.get(f"{page}?cell=GHA.cpi").status_code == 404
    assert client.get(f"{page}?format=pdf").status_code == 400
    assert client.get(f"{page}?other=1").status_code == 400
    assert client.post(page, form_of(scored, office.analyst, step="destroy")).status_code == 400
    assert client.post(page, form_of(scored, office.analyst, step="set GHA.cpi 3")).status_code == 400
    assert client.get(reverse("rate-candidate", args=[scored.pk, "ZZZ"])).status_code == 404


def test_one_candidate_is_rated_by_one_form(office: Office, scored: SelectionRound) -> None:
    client, page = client_of(office.analyst), reverse("rate-candidate", args=[scored.pk, "GHA"])
    assert "Save Ghana" in client.get(page).text
    fields = {name: value for name, value in form_of(scored, office.analyst).items() if ".CIV" not in name}
    sent = {name: value for name, value in fields.items() if ".XKX" not in name}
    sent |= {"cell.GHA.forms": "2", "why.GHA.forms": WHY, "doc.GHA.forms": REPORT, "cell.GHA.protection": "1"}
    assert client.post(page, sent).headers["Location"] == f"{page}#q-protection"
    assert live(office.analyst) == {"GHA.forms": 2}
    sent |= {"idempotency_key": new_key(), "why.GHA.protection": WHY, "doc.GHA.protection": REPORT}
    sent["seen.GHA.forms"] = str(Rating.objects.get().pk)
    assert client.post(page, sent).headers["Location"] == page_of(scored)
    assert live(office.analyst) == {"GHA.forms": 2, "GHA.protection": 1}


# ---- blocks and workbooks ------------------------------------------------------------------------------------------


def test_a_pasted_block_is_read_by_its_headings_or_from_the_cell_in_focus(
    office: Office, scored: SelectionRound
) -> None:
    client = client_of(office.analyst)
    head = "Candidate\tForms of child trafficking\tProtection\tWeather"
    block = f"{head}\nGhana\t5\t3: Shelters are funded.\t1\nNowhere\t1\t1\t"
    client.post(page_of(scored), form_of(scored, office.analyst, step="paste", pasted=block))
    assert not_saved(scored, office.analyst) == {"GHA.forms": "5", "GHA.protection": "3"}
    page = client.get(page_of(scored)).text
    assert "Ghana, forms of trafficking: 5 is not a step. Use 0 to 4, or n." in page
    assert "Ghana, protection: needs evidence: a sentence, a fact, or a document." in page
    assert "“Weather” is not a criterion of this round." in page
    assert "“Nowhere” is not a candidate of this round." in page
    at = {"at": "GHA.protection", "step": "paste", "pasted": "2\tn\n-1\t4"}
    client.post(page_of(scored), form_of(scored, office.analyst) | at)
    found = not_saved(scored, office.analyst)
    assert (found["GHA.protection"], found["GHA.prevention"]) == ("2", "n")
    assert (found["XKX.protection"], found["XKX.prevention"]) == ("-1", "4")
    answer = client.post(page_of(scored), form_of(scored, office.analyst) | at | {"pasted": "1\n" * 9})
    assert "does not fit" in answer.text
    assert not Rating.objects.exists()


def test_the_workbook_goes_out_and_comes_back_and_one_bad_row_stops_no_other(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    office.rate(ghana, "protection", 3)
    client = client_of(office.analyst)
    answer = client.get(f"{page_of(scored)}?format=xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["Ratings"]
    heads = [cell.value for cell in sheet[2]]
    assert heads == ["Key", "Candidate", "Criterion", "Rating", "Reason", "Evidence"]
    assert sheet.data_validations.dataValidation
    rows = {(row[1].value, row[2].value): row for row in sheet.iter_rows(min_row=3)}
    assert len(rows) == 30
    rated = rows["Ghana", "Political will: protection"]
    assert [cell.value for cell in rated[3:]] == ["3", WHY, f"Document: {REPORT}"]
    told = [cell.value for cell in book["About"]["D"] if cell.row > 1]
    copied = next(row[3].value for row in book["About"].iter_rows(min_row=2) if row[0].value == "Ghana")
    assert copied in told
    for label, rating, evidence in (
        ("Forms of child trafficking", 2, copied),
        ("Political will: prosecution", 5, copied),
        ("Political will: prevention", "1", "Invented sentence"),
    ):
        row = rows["Ghana", label]
        row[3].value, row[4].value, row[5].value = rating, "From the workbook.", evidence
    sheet.append(["", "Atlantis", "Political will: protection", "1", "x", ""])
    file = io.BytesIO()
    book.save(file)
    upload = SimpleUploadedFile("ratings.xlsx", file.getvalue())
    client.post(page_of(scored), form_of(scored, office.analyst) | {"step": "upload", "workbook": upload})
    page = client.get(page_of(scored)).text
    assert "“Atlantis” is not a candidate of this round." in page
    assert "“Invented sentence” is not on record about Ghana." in page
    assert not_saved(scored, office.analyst) == {"GHA.forms": "2", "GHA.prosecution": "5", "GHA.prevention": "1"}
    client.post(
        page_of(scored),
        form_of(
            scored,
            office.analyst,
            cell__GHA__forms="2",
            cell__GHA__prosecution="5",
            cell__GHA__prevention="1",
            showed="GHA.forms GHA.prosecution GHA.prevention",
        ),
    )
    assert live(office.analyst) == {"GHA.protection": 3, "GHA.forms": 2}
    made = Rating.objects.get(criterion="forms")
    assert made.rationale == "From the workbook."
    assert made.evidence.count() == 1


def test_a_workbook_downloaded_earlier_overwrites_nothing_that_it_left_alone(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    office.rate(ghana, "protection", 3)
    client = client_of(office.analyst)
    old = client.get(f"{page_of(scored)}?format=xlsx").content
    ratings_services.rate(
        candidate=ghana, criterion="protection", step=None, rationale="Read again.", actor=office.analyst
    )
    upload = SimpleUploadedFile("ratings.xlsx", old)
    client.post(page_of(scored), form_of(scored, office.analyst) | {"step": "upload", "workbook": upload})
    assert not_saved(scored, office.analyst) == {}
    nothing = SimpleUploadedFile("ratings.xlsx", b"no workbook")
    answer = client.post(page_of(scored), form_of(scored, office.analyst) | {"step": "upload", "workbook": nothing})
    assert answer.status_code == 422


# ---- independence --------------------------------------------------------------------------------------------------


def shown(found: SelectionRound, user: User) -> int:
    return sum(len(cell.others) for row in ratings_of_round(found, user) for cell in row.criteria)


def test_all_is_shown_once_two_raters_have_handed_in_every_cell(office: Office, scored: SelectionRound) -> None:
    third = make_account(Role.ANALYST, username="analyst-3")
    client_of(office.analyst).post(page_of(scored), whole(scored, office.analyst))
    assert not all_have_rated(scored)  # one alone would be seen by the second
    assert (shown(scored, third), shown(scored, office.approver)) == (0, 30)
    rest = whole(scored, office.second, "4")
    rest["cell.GHA.forms"] = ""
    client_of(office.second).post(page_of(scored), rest)
    assert RatingHandIn.objects.get(rater=office.second).rated == 29
    assert not all_have_rated(scored)
    assert shown(scored, office.second) == 29
    client_of(office.second).post(page_of(scored), whole(scored, office.second, "4") | {"step": "save"})
    assert all_have_rated(scored)
    assert (shown(scored, third), judges_apart(scored, third)) == (60, False)
    ratings_services.withdraw_rating(
        rating=Rating.objects.filter(rater=office.second, superseded_at=None)[0], actor=office.second, reason="Again"
    )
    assert judges_apart(scored, third)


def test_a_raters_token_without_the_right_to_rate_shows_no_more_than_the_pages(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    office.rate(ghana, step=1, actor=office.second)
    office.analyst.narrow(frozenset({Permission.VIEW_ROUNDS}))
    assert shown(scored, office.analyst) == 0


def test_a_hidden_not_known_is_no_more_missing_than_a_hidden_step(office: Office, ghana: Candidate) -> None:
    def missing() -> int:
        return next(row.missing for row in ratings_of_round(ghana.round, office.analyst) if row.candidate == ghana)

    assert missing() == 10
    office.rate(ghana, "forms", None, actor=office.second)
    assert missing() == 9
    office.rate(ghana, "protection", 2, actor=office.second)
    assert missing() == 8


# ---- every other page --------------------------------------------------------------------------------------------


def test_the_audit_trail_hides_ratings_until_the_reader_has_rated(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    client, trail = client_of(office.analyst), reverse("audit")
    made = office.rate(ghana, "protection", 4, actor=office.second)
    entry = AuditEntry.objects.get(object_type="selection.rating", object_id=str(made.pk))
    link = AuditEntry.objects.get(object_type="selection.ratingevidence", object_id=str(made.evidence.get().pk))
    hidden = [reverse("audit-entry", args=[one.pk]) for one in (entry, link)]
    assert [client.get(page).status_code for page in hidden] == [404, 404]
    assert "protection of Ghana" not in client.get(trail).text
    assert "protection of Ghana" not in b"".join(client.get(f"{trail}?format=csv")).decode()
    assert [client_of(office.approver).get(page).status_code for page in hidden] == [200, 200]
    assert [client_of(office.second).get(page).status_code for page in hidden] == [200, 200]
    office.rate(ghana, "protection", 1)
    assert [client.get(page).status_code for page in hidden] == [200, 200]
    assert "protection of Ghana" in client.get(trail).text


def test_answers_on_the_statute_are_hidden_where_they_rest_on_unseen_ratings(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    for criterion in ("prosecution", "protection", "prevention"):
        office.rate(ghana, criterion, 3, actor=office.second)
    rounds_services.score_round(selection_round=scored, actor=office.second)
    pages = [reverse("round", args=[scored.pk]), reverse("dossier", args=[scored.pk, "GHA"])]
    mine, other = ([client_of(user).get(page).text for page in pages] for user in (office.analyst, office.approver))
    assert "Commitment met" in other[0]
    assert "Commitment met" not in mine[0]
    assert "Shown once you have rated" in mine[1].split('id="statute"')[1].split("</section>")[0]
    assert "Shown once you have rated" not in other[1].split('id="statute"')[1].split("</section>")[0]


def test_rest_shows_the_ratings_that_the_account_sees_on_pages(
    office: Office, scored: SelectionRound, ghana: Candidate
) -> None:
    office.rate(ghana, "protection", 4, actor=office.second)
    office.rate(ghana, "forms", None)
    address = f"/api/v1/rounds/{scored.pk}/ratings/"

    def cells(user: User) -> dict[tuple[str, str], dict[str, Any]]:
        found = client_of(user).get(address).json()["cells"]
        return {(cell["candidate"]["code"], cell["criterion"]): cell for cell in found}

    mine, all_seen = cells(office.analyst), cells(office.approver)
    assert len(mine) == len(all_seen) == 30
    hidden = mine["GHA", "protection"]
    assert (hidden["hidden"], hidden["count"], hidden["median"], hidden["ratings"]) == (True, 1, None, [])
    shown_to_all = all_seen["GHA", "protection"]
    assert (shown_to_all["hidden"], shown_to_all["median"]) == (False, 4.0)
    assert [rating["step"] for rating in shown_to_all["ratings"]] == [4]
    assert [rating["step"] for rating in mine["GHA", "forms"]["ratings"]] == [None]
    assert client_of(make_account(Role.REVIEWER, username="reviewer")).get(address).status_code in (403, 404)


# ---- sizes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 14])
def test_a_grid_of_any_size_opens_with_a_fixed_number_of_queries(
    office: Office, size: int, django_assert_max_num_queries: Any
) -> None:
    codes = _codes(size)
    found = office.step(office.open(only=codes, title=f"Of {size}"), "screen", "start_scoring")
    grid = grid_of(found, office.analyst)
    assert len(grid.cells) == 10 * len(grid.rows)
    client = client_of(office.analyst)
    client.get(page_of(found))
    with django_assert_max_num_queries(70):
        page = client.get(page_of(found)).text
    assert page.count("data-cell=") == 10 * len(grid.rows)
    assert len(grid.rows) == size
    client.post(page_of(found), whole(found, office.analyst))
    assert len(live(office.analyst)) == 10 * size


def _codes(size: int) -> list[str]:
    listed = Observation.objects.filter(indicator__code="tip.tier").values_list("country__code", flat=True).distinct()
    return ["GHA", "CIV", "XKX", *(code for code in sorted(listed) if code not in ("GHA", "CIV", "XKX"))][:size]


# ---- the database --------------------------------------------------------------------------------------------------


def run(sql: str, *values: int | None) -> None:
    """Run a statement, and what the database checks at the end of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql: str, *values: int | None) -> str:
    with pytest.raises(DatabaseError) as error:
        run(sql, *values)
    return str(error.value)


RATE = """
    INSERT INTO selection_rating (candidate_id, criterion, rater_id, step, rationale, withdrawn_because)
    VALUES (%s, 'forms', %s, %s, 'x', '')
"""


def test_the_database_refuses_a_step_without_evidence_and_a_rating_outside_an_open_pool(
    office: Office, ghana: Candidate
) -> None:
    assert "A step needs evidence" in refused(RATE, ghana.pk, office.analyst.pk, 2)
    america = office.candidate(ghana.round, "USA")
    assert "not in the pool" in refused(RATE, america.pk, office.analyst.pk, None)


def test_the_database_counts_a_hand_in_and_refuses_one_without_ratings(office: Office, ghana: Candidate) -> None:
    hand_in = "INSERT INTO selection_ratinghandin (round_id, rater_id, rated, cells) VALUES (%s, %s, 30, 30)"
    assert "Rate a criterion before" in refused(hand_in, ghana.round_id, office.analyst.pk)
    assert "cannot rate" in refused(hand_in, ghana.round_id, office.approver.pk)
    office.rate(ghana)
    with connection.cursor() as cursor:
        cursor.execute(hand_in, [ghana.round_id, office.analyst.pk])
    made = RatingHandIn.objects.get()
    assert (made.rated, made.is_complete) == (1, False)
    assert refused("UPDATE selection_ratinghandin SET rated = 30")


def test_the_grid_knows_when_it_was_last_saved(office: Office, ghana: Candidate) -> None:
    empty: RaterGrid = grid_of(ghana.round, office.analyst)
    assert (empty.done, empty.last_saved) == (0, None)
    made = office.rate(ghana)
    made.refresh_from_db()
    grid = grid_of(ghana.round, office.analyst)
    assert (grid.done, grid.last_saved) == (1, made.at)
