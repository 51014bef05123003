"""Ranking after a change of the data: what pages say before it is there, and what it changed once it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.imports.publishing import retract
from indicators.models import Import, Publication, Source, UnpublishedEdition
from indicators.observations.services import record_unpublished, withdraw_unpublished
from selection.models import CountryScore, ScoreRun
from selection.run_comparison.presenters.aftermath import change_context
from selection.run_comparison.queries.aftermath import (
    Aftermath,
    RunProgress,
    after_publication,
    after_statement,
)
from selection.run_comparison.queries.summary import summary_of
from selection.runs.queries import computing
from selection.runs.queries.stored_runs import newest_run
from selection.runs.services import compute_screen, follow_the_data
from selection.tasks import follow_newest
from tests.support.accounts import make_account
from tests.support.fragments import fragment_text
from tests.support.rankings import Value, publish_values, value

STALE = "What it changed in the ranking"
SOURCE_PAGE = "/data/sources/tip/"


@pytest.fixture(autouse=True)
def nothing_under_way() -> Iterator[None]:
    """Begin and end without a ranking under way: the cache outlives a test."""
    computing.end()
    yield
    cache.delete(computing.KEY)


@pytest.fixture
def person(db: None) -> User:
    return make_account(Role.ANALYST, username="person")


@pytest.fixture
def following(settings: Settings) -> None:
    """Let rankings follow the data, as outside of tests."""
    settings.RANKING_FOLLOWS_DATA = True


def confirm(folder: Path, code: str = "XKX") -> int:
    """Confirm an unconfirmed tier; return the number of the publication."""
    publish_values(folder / "confirmed", [value("tip.tier", code, "2025", "Tier 2")], edition="2026")
    return Publication.objects.latest("seq").seq


def next_report(run: ScoreRun, changed: dict[str, str] | None = None) -> list[Value]:
    """Return the tiers of 2026: those of 2025, except for some."""
    rows = CountryScore.objects.filter(run=run).exclude(tier="").values_list("country__code", "tier")
    return [value("tip.tier", code, "2026", (changed or {}).get(code, tier)) for code, tier in rows]


def state(person: User) -> UnpublishedEdition:
    return record_unpublished(
        source=Source.objects.get(key="tip"),
        edition="2026",
        as_of=timezone.now().date(),
        evidence="state.gov/reports",
        actor=person,
    )


def text_of(client: Client, url: str) -> str:
    html = re.sub(r"(?s)<(script|style|svg).*?</\1>", "", client.get(url).content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def changed(before: ScoreRun, after: ScoreRun | None) -> dict[str, Any]:
    assert after is not None
    return change_context(summary_of(before, after))


def finding(change: dict[str, Any]) -> str:
    return fragment_text("run_comparison/_change_finding.html", summary=change["summary"])


def _groups(run: ScoreRun) -> list[tuple[str, str]]:
    rows = CountryScore.objects.filter(run=run, rank__isnull=False).order_by("rank")
    return list(rows.values_list("country__name", "group"))


def figures(change: dict[str, Any]) -> dict[str, tuple[int, int]]:
    before, after = change["summary"].before, change["summary"].after
    groups = {"Firmly in": "in", "Open": "open", "Firmly out": "out"}
    counts = {label: (before.groups[group], after.groups[group]) for label, group in groups.items()}
    return counts | {"Tiers not confirmed": (before.unconfirmed, after.unconfirmed)}


# ---- confirmed tiers -----------------------------------------------------------------------------------------------


def test_confirming_a_tier_reports_that_no_rank_changes(run: ScoreRun, tmp_path: Path) -> None:
    before = compute_screen(actor=None)
    marks = CountryScore.objects.filter(run=before, rank__isnull=False, tier_quality="unconfirmed").count()
    number = confirm(tmp_path)
    after = compute_screen(actor=None)
    assert after_publication(number) == Aftermath(RunProgress.DONE, before, after)
    found = changed(before, after)
    assert finding(found) == f"No rank changed; {marks} marks of unconfirmed tiers became {marks - 1}."
    given = {"before": found["summary"].before, "after": found["summary"].after}
    text = fragment_text("run_comparison/_change_figures.html", **given)
    assert text.endswith(f"Tiers not confirmed{marks - 1}{marks} before")
    assert (text.count("as before"), text.count(" before")) == (4, 5)  # three groups, the width, and the tiers
    assert (found["lines"], found["movers"]) == ([], [])


def test_the_page_of_the_import_shows_the_result(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    before = compute_screen(actor=None)
    number = confirm(tmp_path)
    url = reverse("import", args=[Publication.objects.get(seq=number).batch_id])
    after = compute_screen(actor=None)
    text = text_of(analyst, url)
    assert "No rank changed; " in text
    assert f"Run {after.pk} is compared with run {before.pk}." in text


def test_a_person_who_may_not_see_rankings_sees_no_result(run: ScoreRun, reviewer: Client, tmp_path: Path) -> None:
    number = confirm(tmp_path)
    compute_screen(actor=None)
    answer = reviewer.get(reverse("import", args=[Publication.objects.get(seq=number).batch_id]))
    assert "ranking-after" not in answer.content.decode()


# ---- a new edition -------------------------------------------------------------------------------------------------


def test_next_report_with_equal_tiers_settles_groups_but_moves_no_rank(run: ScoreRun, tmp_path: Path) -> None:
    """The overdue edition was a doubt: once it is loaded unchanged, the groups are those "if no tier changes"."""
    before = compute_screen(actor=None)
    publish_values(tmp_path / "next", next_report(run), edition="2026")
    after = compute_screen(actor=None)
    assert after.periods["tier"] == "2026"
    found = changed(before, after)
    settled = [row.detail["settled"]["group"] for row in CountryScore.objects.filter(run=before, rank__isnull=False)]
    counted = figures(found)
    for label, group in (("Firmly in", "in"), ("Open", "open"), ("Firmly out", "out")):
        now = CountryScore.objects.filter(run=after, group=group).count()
        assert counted[label] == (CountryScore.objects.filter(run=before, group=group).count(), now)
        assert abs(now - settled.count(group)) <= 1  # another seed
    assert counted["Firmly in"][1] > counted["Firmly in"][0]
    assert finding(found).startswith("No rank changed; ")
    newly = dict(found["lines"])[f"Newly firmly in ({counted['Firmly in'][1] - counted['Firmly in'][0]})"]
    groups = [dict(row) for row in (_groups(before), _groups(after))]
    joined_names = [name for name, group in groups[1].items() if group == "in" != groups[0][name]]
    assert all(name in newly for name in joined_names[:8])
    assert found["movers"] == []


def test_a_changed_tier_names_the_country_its_ranks_and_the_cause(run: ScoreRun, tmp_path: Path) -> None:
    before = compute_screen(actor=None)
    fifth = CountryScore.objects.get(run=before, rank=5).country
    publish_values(tmp_path / "next", next_report(run, {fifth.code: "Tier 2 Watch List"}), edition="2026")
    after = compute_screen(actor=None)
    one, other = (CountryScore.objects.get(run=side, country=fifth) for side in (before, after))
    assert one.rank != other.rank
    found = changed(before, after)
    why = next(why for why in found["movers"] if why.move.row.code == fifth.code)
    given = {"why": why, "comparison": found["summary"].comparison}
    text = fragment_text("run_comparison/_mover.html", **given)
    assert text.startswith(f"{fifth.name} Other data: TIP Report tier ")
    assert text.endswith(f"{one.rank} → {other.rank}")
    arrow = "arrow_downward" if (other.rank or 0) > (one.rank or 0) else "arrow_upward"
    assert arrow in render_to_string("selection/run_comparison/_mover.html", given)
    assert finding(found).split("; ")[0].endswith("changed")
    assert not finding(found).startswith("No rank")


# ---- statements ----------------------------------------------------------------------------------------------------


def test_a_statement_and_its_withdrawal_each_show_what_they_change(
    run: ScoreRun, person: User, analyst: Client
) -> None:
    before = compute_screen(actor=None)
    made = state(person)
    assert after_statement(made.recorded_at) == Aftermath(RunProgress.WAITING, before)
    assert "No ranking counts this change yet." in text_of(analyst, SOURCE_PAGE)
    with_it = compute_screen(actor=None)
    assert after_statement(made.recorded_at) == Aftermath(RunProgress.DONE, before, with_it)
    firmly = figures(changed(before, with_it))["Firmly in"]
    assert firmly[1] > firmly[0]
    assert STALE in text_of(analyst, SOURCE_PAGE)
    closed = withdraw_unpublished(statement=made, reason="It is out", actor=person)
    assert closed.superseded_at is not None
    assert after_statement(closed.superseded_at) == Aftermath(RunProgress.WAITING, with_it)
    assert STALE not in text_of(analyst, SOURCE_PAGE)
    again = compute_screen(actor=None)
    assert after_statement(closed.superseded_at) == Aftermath(RunProgress.DONE, with_it, again)
    there, back = figures(changed(before, with_it)), figures(changed(with_it, again))
    assert back == {label: (after, was) for label, (was, after) in there.items()}


def test_statement_on_an_unused_source_leaves_the_ranking(run: ScoreRun, person: User) -> None:
    before = compute_screen(actor=None)
    made = record_unpublished(
        source=Source.objects.get(key="walk_free"),
        edition="2024",
        as_of=timezone.now().date(),
        evidence="walkfree.org",
        actor=person,
    )
    assert after_statement(made.recorded_at) == Aftermath(RunProgress.UNTOUCHED, before)


# ---- not there yet -------------------------------------------------------------------------------------------------


def test_running_ranking_is_announced_without_an_earlier_result(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    before = compute_screen(actor=None)
    number = confirm(tmp_path)
    url = reverse("import", args=[Publication.objects.get(seq=number).batch_id])
    assert after_publication(number) == Aftermath(RunProgress.WAITING, before)
    text = text_of(analyst, url)
    assert "No ranking counts this change yet." in text
    assert "Compute the ranking" in text
    computing.begin()
    assert after_publication(number) == Aftermath(RunProgress.COMPUTING, before)
    text = text_of(analyst, url)
    assert "The new ranking is being computed." in text
    assert f"pages show run {before.pk}, which does not count " in text
    assert "No rank changed" not in text
    assert STALE not in text
    assert 'hx-trigger="every 4s"' in analyst.get(url).content.decode()
    compute_screen(actor=None)
    assert 'hx-trigger="every 4s"' not in analyst.get(url).content.decode()


def test_a_publication_that_the_ranking_does_not_read_leaves_it(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    before = compute_screen(actor=None)
    publish_values(tmp_path / "unread", [value("fh.a", "GHA", "2024", "10")], edition="2026")
    unread = Publication.objects.latest("seq")
    computing.begin()  # for another publication
    assert after_publication(unread.seq) == Aftermath(RunProgress.UNTOUCHED, before)
    assert "The ranking reads no value that changed" in text_of(analyst, reverse("import", args=[unread.batch_id]))
    read = confirm(tmp_path)
    after = compute_screen(actor=None)
    assert after_publication(unread.seq) == Aftermath(RunProgress.UNTOUCHED, before)
    assert after_publication(read) == Aftermath(RunProgress.DONE, before, after)


def test_a_publication_before_the_first_ranking_has_no_result(run: ScoreRun) -> None:
    assert after_publication(1) is None


def test_a_retraction_is_a_change_of_its_own(run: ScoreRun, person: User, tmp_path: Path) -> None:
    before = compute_screen(actor=None)
    number = confirm(tmp_path)
    confirmed = compute_screen(actor=None)
    retract(batch_id=Import.objects.get(publications__seq=number).pk, actor=person, reason="Another file")
    assert after_publication(number + 1) == Aftermath(RunProgress.WAITING, confirmed)
    back = compute_screen(actor=None)
    assert after_publication(number) == Aftermath(RunProgress.DONE, before, confirmed)
    assert after_publication(number + 1) == Aftermath(RunProgress.DONE, confirmed, back)
    marks = [figures(changed(*pair))["Tiers not confirmed"] for pair in ((before, confirmed), (confirmed, back))]
    assert marks[1] == marks[0][::-1]


# ---- the ranking follows the data ----------------------------------------------------------------------------------


def test_publishing_computes_the_ranking_by_itself(
    run: ScoreRun,
    following: None,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        number = confirm(tmp_path)
    after = newest_run()
    assert after is not None
    assert (after.as_of, after.created_by) == (number, None)
    assert not computing.is_under_way()
    assert after_publication(number) == Aftermath(RunProgress.DONE, run, after)


def test_recording_and_withdrawing_a_statement_compute_it_too(
    run: ScoreRun,
    following: None,
    person: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = state(person)
    with_it = newest_run()
    assert with_it is not None
    assert [one["edition"] for one in with_it.inputs["unpublished"]] == ["2026"]
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_unpublished(statement=made, reason="It is out", actor=person)
    again = newest_run()
    assert again is not None
    assert again.pk > with_it.pk
    assert again.inputs["unpublished"] == []


def test_a_second_call_and_an_unread_publication_compute_nothing(
    run: ScoreRun, following: None, tmp_path: Path
) -> None:
    confirm(tmp_path)
    made = follow_newest()
    assert made is not None
    assert follow_newest() is None
    publish_values(tmp_path / "unread", [value("fh.a", "GHA", "2024", "10")], edition="2026")
    assert follow_the_data() is None
    assert ScoreRun.objects.latest("pk").pk == made


def test_the_settings_can_leave_it_to_people(run: ScoreRun, tmp_path: Path, settings: Settings) -> None:
    settings.RANKING_FOLLOWS_DATA = False
    confirm(tmp_path)
    assert follow_newest() is None


def test_the_model_of_the_ranking_is_kept(run: ScoreRun, following: None, tmp_path: Path) -> None:
    """A version that is published and not yet computed is a decision of its own."""
    confirm(tmp_path)
    number = follow_newest()
    assert number is not None
    made = ScoreRun.objects.get(pk=number)
    assert made.table_hash == run.table_hash


@pytest.mark.world("newcomer")
def test_the_report_of_2026_unchanged_settles_the_shipped_ranking(newcomer: ScoreRun, tmp_path: Path) -> None:
    """Reference groups of method 4: while the report is overdue, none firmly in and 23 or 24 firmly out by seed."""
    publish_values(tmp_path / "next", next_report(newcomer), edition="2026")
    after = compute_screen(actor=None, on=newcomer.reference_date)
    found = changed(newcomer, after)
    counted = figures(found)
    was, now = zip(*(counted[label] for label in ("Firmly in", "Open", "Firmly out")), strict=True)
    assert was in ((0, 58, 23), (0, 57, 24))
    assert now in ((4, 48, 29), (4, 49, 28), (4, 50, 27))  # a country at 5% falls on either side
    assert dict(found["lines"])["Newly firmly in (4)"] == "Nigeria, Tanzania, Zambia and Malawi"
    assert finding(found).startswith("No rank changed; 4 countries are firmly in, none before; ")
    assert found["movers"] == []
