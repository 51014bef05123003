"""Updates: several files received together, and published or taken back together."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Min

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from cpc.files.upload_safety import Limits
from indicators.imports.publishing import NotPublishable, PreviewOutdated, discard, publish, retract
from indicators.imports.reading import process
from indicators.models import Import, ImportState, Narrative, Observation, Publication, Update, UpdateState
from indicators.observations.as_of import known_at
from indicators.publications.numbering import current
from indicators.updates import services
from indicators.updates.bundling import Sent
from indicators.updates.queries import FileStatus, UpdateFiles, files_of
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

TIERS = "report_year,iso3,country,tier,source,flag\n{year},GHA,Ghana,{tier},x,\n{year},NER,Niger,Tier 2,x,\n"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


def sent(name: str, content: str | bytes) -> Sent:
    data = content.encode() if isinstance(content, str) else content
    return Sent(name, len(data), [data])


def tiers(year: int, tier: str = "Tier 2", name: str = "") -> Sent:
    return sent(name or f"tiers_{year}.csv", TIERS.format(year=year, tier=tier))


def received(*files: Sent, actor: User | None = None) -> Update:
    update, fresh = services.receive(sent=files, actor=actor)
    for batch in fresh:
        process(batch_id=batch.pk, actor=actor)
    return update


def statuses(files: UpdateFiles) -> list[FileStatus]:
    return [row.status for row in files.rows]


def imports_of(update: Update) -> list[int]:
    return [row.batch.pk for row in files_of(update).rows if row.batch is not None]


@pytest.mark.parametrize("count", [1, 3])
def test_files_that_come_together_are_published_together(count: int) -> None:
    update = received(*(tiers(2020 + n) for n in range(count)))
    files = files_of(update)
    assert files.ticked == files.ready
    assert len(files.ticked) == count
    made = services.publish_update(update=update, imports=files.ticked, number=0, actor=None)
    assert [publication.seq for publication in made] == list(range(1, count + 1))
    assert Observation.objects.live().count() == 2 * count
    # Nobody ever saw the data between two of the numbers: the moment leads to the last.
    assert {publication.at for publication in made} == {made[0].at}
    assert known_at(made[0].at) == count
    update.refresh_from_db()
    assert update.state == UpdateState.PUBLISHED
    assert services.publish_update(update=update, imports=files.ticked, number=0, actor=None) == []


def test_an_update_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        services.receive(sent=[], actor=None)
    assert refused.value.code == "files"
    assert not Update.objects.exists()


def test_the_limits_hold_for_each_file_and_for_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tiers(2020), tiers(2021)
    monkeypatch.setattr(services, "Limits", lambda: Limits(bytes=one.size + other.size))
    assert len(files_of(received(one, other)).rows) == 2
    monkeypatch.setattr(services, "Limits", lambda: Limits(bytes=one.size + other.size - 1))
    with pytest.raises(ValidationError) as refused:
        services.receive(sent=[one, other], actor=None)
    assert refused.value.code == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(services, "MOST_FILES", 2)
    assert len(files_of(received(tiers(2022), tiers(2023))).rows) == 2
    with pytest.raises(ValidationError) as too_many:
        services.receive(sent=[tiers(2022), tiers(2023), tiers(2024)], actor=None)
    assert too_many.value.code == "files"


def test_bad_files_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    good = tiers(2023)
    monkeypatch.setattr("indicators.imports.receiving.Limits", lambda: Limits(bytes=1000))
    update = received(
        sent("wgi_export.xlsx", "<!DOCTYPE html><html><body>Sign in</body></html>"),
        sent("export.csv", "a,b\n1,2\n"),
        sent("large.csv", b"x" * 1001),
        good,
    )
    files = files_of(update)
    assert statuses(files) == [FileStatus.BAD, FileStatus.SOURCE, FileStatus.BAD, FileStatus.READY]
    assert "is larger than" in files.rows[2].file.error_message
    (ready,) = files.ticked
    services.publish_update(update=update, imports=[ready], number=0, actor=None)
    assert Observation.objects.live().count() == 2


def test_two_files_of_one_edition_are_never_published_together(analyst: User) -> None:
    update = received(tiers(2023, "Tier 2", "a.csv"), tiers(2023, "Tier 3", "b.csv"), tiers(2022))
    files = files_of(update)
    assert statuses(files) == [FileStatus.TWIN, FileStatus.READY, FileStatus.READY]
    (pair,) = files.twins
    assert (pair.same, pair.differing) == (1, 1)
    assert [(one.country, one.later, one.earlier) for one in pair.differences] == [("Ghana", "Tier 3", "Tier 2")]
    earlier, later, other = imports_of(update)
    assert files.ticked == (later, other)
    with pytest.raises(ValidationError) as refused:
        services.tick(update=update, imports=[earlier, later], actor=analyst)
    assert refused.value.code == "twins"
    with pytest.raises(NotPublishable):
        services.publish_update(update=update, imports=[earlier, later], number=0, actor=None)
    assert not Publication.objects.exists()
    files = services.tick(update=update, imports=[earlier], actor=analyst)
    assert files.ticked == (earlier,)
    services.publish_update(update=update, imports=files.ticked, number=0, actor=None)
    assert set(Observation.objects.live().values_list("label", flat=True)) == {"Tier 2"}
    assert Import.objects.get(pk=other).state == ImportState.PREVIEW


def test_an_older_file_is_ticked_only_by_a_person(analyst: User) -> None:
    header = "report_year,iso3,country,tier"
    newer = received(sent("newer.csv", f"{header}\n2023,GHA,Ghana,Tier 1\n2022,GHA,Ghana,Tier 1\n"))
    services.publish_update(update=newer, imports=imports_of(newer), number=0, actor=None)
    update = received(sent("old.csv", f"{header}\n2022,GHA,Ghana,Tier 3\n"))
    files = files_of(update)
    assert (statuses(files), files.ticked) == ([FileStatus.OLDER], ())
    assert files.loaded_for(files.rows[0]) == "2023"
    assert services.tick(update=update, imports=files.ready, actor=analyst).ticked == files.ready
    services.publish_update(update=update, imports=files.ready, number=1, actor=None)
    assert set(Observation.objects.live().values_list("label", flat=True)) == {"Tier 1"}


def test_nothing_is_published_if_one_of_them_cannot_be(analyst: User) -> None:
    update = received(tiers(2021), tiers(2022))
    one, other = imports_of(update)
    discard(batch_id=other, actor=None)
    with pytest.raises(NotPublishable):
        services.publish_update(update=update, imports=[one, other], number=0, actor=None)
    assert not Observation.objects.exists()
    assert current() == 0
    with pytest.raises(ValidationError) as refused:
        services.tick(update=update, imports=[one, other], actor=analyst)
    assert refused.value.code == "not_ready"


def test_what_was_shown_on_earlier_data_is_not_published() -> None:
    update = received(tiers(2021), tiers(2022))
    publish(batch_id=imports_of(received(tiers(2023)))[0], actor=None)
    with pytest.raises(PreviewOutdated):
        services.publish_update(update=update, imports=imports_of(update), number=0, actor=None)
    assert current() == 1
    assert len(services.publish_update(update=update, imports=imports_of(update), number=1, actor=None)) == 2


def test_a_choice_made_on_an_earlier_page_is_refused(analyst: User) -> None:
    update = received(tiers(2021), tiers(2022))
    seen = Update.objects.get().current_revision()
    one, other = imports_of(update)
    services.tick(update=update, imports=[one], actor=analyst, expected_revision=seen)
    with pytest.raises(EditConflict):
        services.tick(update=update, imports=[other], actor=analyst, expected_revision=seen)
    with pytest.raises(EditConflict):
        services.publish_update(update=update, imports=[one, other], number=0, actor=None, expected_revision=seen)
    assert files_of(update).ticked == (one,)


def test_they_are_taken_back_together_or_one_by_one() -> None:
    update = received(tiers(2021), tiers(2022), tiers(2023))
    files = files_of(update)
    services.publish_update(update=update, imports=files.ticked, number=0, actor=None)
    retract(batch_id=files.ticked[0], actor=None, reason="One of them")
    with pytest.raises(NotPublishable):
        services.take_back(update=update, reason=" ", actor=None)
    made = services.take_back(update=update, reason="All of them", actor=None)
    assert [publication.seq for publication in made] == [5, 6]
    assert made[0].at == made[1].at
    assert not Observation.objects.live().exists()
    assert services.take_back(update=update, reason="Again", actor=None) == []


def test_discarding_keeps_what_was_published() -> None:
    update = received(tiers(2021), tiers(2022))
    one, other = imports_of(update)
    services.publish_update(update=update, imports=[one], number=0, actor=None)
    assert services.discard(update=update, actor=None) == 1
    assert dict(Import.objects.values_list("pk", "state")) == {one: "published", other: "discarded"}
    assert services.discard(update=update, actor=None) == 0


def test_only_an_importer_receives_and_publishes() -> None:
    viewer = make_account(Role.VIEWER)
    with pytest.raises(PermissionDenied):
        services.receive(sent=[tiers(2021)], actor=viewer)
    update = received(tiers(2021))
    with pytest.raises(PermissionDenied):
        services.publish_update(update=update, imports=imports_of(update), number=0, actor=viewer)
    assert not Publication.objects.exists()


# ---- narratives ----------------------------------------------------------------------------------------------------


def texts(folder: Path) -> list[Sent]:
    return [sent(path.name, path.read_bytes()) for path in sorted((folder / "tip" / "narratives").glob("*.txt"))]


def test_a_folder_of_narratives_is_one_import(shared_data: Path) -> None:
    narratives = texts(shared_data)
    update = received(*narratives, tiers(2022))
    first, second = files_of(update).rows
    assert first.file.file_name == f"narratives-{len(narratives)}.zip"
    assert first.count["narratives"] == len(narratives)
    assert second.status is FileStatus.READY
    services.publish_update(update=update, imports=files_of(update).ticked, number=0, actor=None)
    assert Narrative.objects.live().count() == len(narratives)
    years = Narrative.objects.values_list("report_year", flat=True)
    assert {2018, 2021, 2023, 2024, 2025} == set(years)
    place = Narrative.objects.get(country__code="GHA").locator
    assert place.startswith("ghana_2023.txt")
    assert Observation.objects.aggregate(first=Min("edition_rank"))["first"] == 20180000


def test_a_zip_of_narratives_names_the_member_that_cannot_be_read(shared_data: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for one in texts(shared_data)[:3]:
            archive.writestr(f"report/{one.name}", b"".join(one.chunks))
        archive.writestr("report/notes.txt", "Nothing about trafficking.")
    update = received(sent("report.zip", buffer.getvalue()))
    (row,) = files_of(update).rows
    assert (row.status, row.count["narratives"], row.count["rejected"]) == (FileStatus.LEFT_OUT, 3, 1)
    assert row.batch is not None
    (issue,) = row.batch.issues.filter(reason="unreadable_file")
    assert issue.locator == "notes.txt"


def test_the_same_narratives_again_are_the_same_file(shared_data: Path) -> None:
    update = received(*texts(shared_data))
    again, fresh = services.receive(sent=list(reversed(texts(shared_data))), actor=None)
    assert fresh == []
    assert imports_of(again) == imports_of(update)
