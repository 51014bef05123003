"""Passages are those of the records at every moment: after each write, and after a withdrawal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from cpc.accounts.permissions import Role
from cpc.database.roles import as_owner
from cpc.search import indexing
from cpc.search.indexing import rebuild, rebuild_if_changed
from cpc.search.models import Passage
from cpc.search.registry import findables
from indicators.imports.publishing import retract
from indicators.models import Country, CountryAlias, Narrative, Observation
from partnerships.models import Risk
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from tests.cpc.search.asking import find, stored_passages, titles
from tests.support.accounts import make_account
from tests.support.noting import Desk
from tests.support.pages import NARRATIVE, a_narrative, published
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import END, Active

pytestmark = pytest.mark.django_db


@pytest.mark.world("agencies")
def test_all_passages_written_again_are_those_that_triggers_wrote(db: None) -> None:
    written = stored_passages()
    kinds = {kind for kind, _ in written}
    assert kinds >= {"country", "note", "note_reply", "position", "question", "round", "candidate", "decision"}
    with owner_rights():
        total = rebuild()
    assert stored_passages() == written
    assert total == len(written)


@pytest.mark.world("active")
def test_parts_of_a_partnership_written_again_are_those_that_triggers_wrote(active: Active) -> None:
    written = stored_passages()
    assert {kind for kind, _ in written} >= {"partnership", "objective", "outcome_indicator", "document"}
    with owner_rights():
        rebuild()
    assert stored_passages() == written


@pytest.mark.world("active")
def test_a_record_is_found_as_it_was_last_saved_and_not_when_it_is_gone(active: Active) -> None:
    reader, owner = active.stage.approver, active.partnership.participants.earliest("pk")
    risk = Risk(partnership=active.partnership, text="Floods", mitigation="Dikes", owner=owner, review_on=END)
    risk.likelihood = risk.impact = 3
    risk.save()
    assert len(find("floods", reader).rows) == len(find("dikes", reader).rows) == 1
    Risk.objects.filter(pk=risk.pk).update(text="Drought")
    assert find("floods", reader).rows == []
    assert len(find("drought", reader).rows) == 1
    with transaction.atomic():
        Risk.objects.filter(pk=risk.pk).update(text="Earthquake")
        assert len(find("earthquake", reader).rows) == 1
        transaction.set_rollback(True)
    assert find("earthquake", reader).rows == []
    with owner_rights():
        risk.delete()
    assert find("drought", reader).rows == []


def test_a_narrative_is_found_until_its_publication_is_retracted(tmp_path: Path) -> None:
    analyst = make_account(Role.ANALYST)
    assert find("inspector register", analyst).rows == []
    found = a_narrative(tmp_path)
    assert titles("sample inspector", analyst) == ["Ghana"]
    retract(batch_id=found.batch_id, actor=None, reason="A wrong file")
    assert not Narrative.objects.live().exists()
    assert find("sample inspector", analyst).rows == []


def test_sentences_of_figures_are_found_once_before_and_after_all_is_written_again(tmp_path: Path) -> None:
    text = "The government reported investigating 12 trafficking cases in a year of many floods and droughts."
    narrative = published(tmp_path, f"{NARRATIVE}PROSECUTION\n{text}\n", "ghana_2023.txt").narratives.get()
    assert Observation.objects.filter(raw_text=text, country=narrative.country).exists()
    written = stored_passages()
    assert [kind for kind, _ in written if text in str(written[kind, _])] == ["narrative_section"]
    with owner_rights():
        rebuild()
    assert stored_passages() == written


def test_notes_withdrawn_or_superseded_are_not_found() -> None:
    desk = Desk.make()
    note = desk.write(desk.labor_contact, text="Cocoa")
    reader = desk.office.analyst
    assert titles("cocoa", reader) == [f"{note} on Ghana"]
    notes_services.withdraw_note(note=note, reason="Wrong", actor=desk.labor_contact)
    assert find("cocoa", reader).rows == []
    first = desk.write(desk.labor_contact, text="Coffee")
    content = NoteContent(kind="major", text="Tea")
    second = notes_services.supersede_note(note=first, content=content, visibility="office", actor=desk.labor_contact)
    assert find("coffee", reader).rows == []
    assert titles("tea", reader) == [f"{second} on Ghana"]


def test_another_name_and_a_new_name_of_a_country_are_found_at_once() -> None:
    analyst, ghana = make_account(Role.ANALYST), Country.objects.get(code="GHA")
    with owner_rights():
        alias = CountryAlias.objects.create(country=ghana, text="Gold Coast")
        assert titles("gold coast", analyst) == ["Ghana"]
        alias.delete()
        assert find("gold coast", analyst).rows == []
        Country.objects.filter(pk=ghana.pk).update(name="Ashanti")
    assert titles("ashanti", analyst) == ["Ashanti"]
    assert find("ghana", analyst, region="Africa").rows == find("ghana", analyst).rows


def test_only_triggers_and_the_owner_write_passages() -> None:
    assert Passage.objects.exists()
    for statement in (
        "DELETE FROM search_passage",
        "UPDATE search_passage SET text = ''",
        "INSERT INTO search_passage (kind) VALUES ('x')",
        "TRUNCATE search_passage",
    ):
        with pytest.raises((ProgrammingError, InternalError), match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_changed_declaration_is_written_again_by_the_next_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(indexing, "rebuild", lambda using="default": calls.append(using))
    with owner_rights():
        rebuild_if_changed(using="default")
        assert calls == []
        with findables.only(*list(findables)[1:]):
            rebuild_if_changed(using="default")
    assert calls == ["default"]


@pytest.mark.django_db(transaction=True)
def test_the_command_restores_what_is_missing(capsys: Any) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_passage WHERE kind = 'country'")
    call_command("rebuild_search")
    assert Passage.objects.filter(kind="country").count() == Country.objects.count()
    assert "passages." in capsys.readouterr().out


def test_each_expression_of_a_declaration_runs_for_rows_of_any_table() -> None:
    """A kind that no test world has rows of would else fail at its first row."""
    with owner_rights(), connection.cursor() as cursor:
        for findable in findables:
            cursor.execute(indexing.passages_sql(findable, findable.model._meta.db_table))
            assert len(cursor.description) == len(indexing.COLUMNS)
