"""A package of facts: written from the live values, read once, and refused as a whole with the place of the fault."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from indicators.facts.reader import BadPackage, load_facts, read_package
from indicators.facts.writer import write_package as write_live
from indicators.imports.publishing import retract
from indicators.models import Import, Indicator, Observation, Publication
from tests.support.facts import Fact, publish_facts, write_package

pytestmark = pytest.mark.django_db

FACTS: list[Fact] = [("cpi.score", "GHA", "2017", "40"), ("cpi.score", "NER", "2018", "33.5")]


def package(folder: Path, facts: list[Fact] = FACTS, **extra: Any) -> Path:
    return write_package(
        folder, source="cpi", adapter="cpi", name="CPI", edition="2018", rank=20180000, facts=facts, **extra
    )


def edit(folder: Path, **changes: Any) -> None:
    path = folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["resources"][0].update(changes)
    path.write_text(json.dumps(described), encoding="utf-8")


def test_a_package_is_published_once_with_its_numbers(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    folder = package(tmp_path)
    (batch,) = read_package(folder, actor=None, progress=lambda *step: steps.append(step))
    assert (batch.via, batch.state, batch.rows_read, batch.counts["new"]) == ("facts", "published", 2, 2)
    assert (batch.edition, batch.edition_rank, batch.published_on and batch.published_on.isoformat()) == (
        "2018",
        20180000,
        "2019-01-31",
    )
    assert read_package(folder, actor=None, progress=lambda *step: steps.append(step)) == []
    assert steps == [(1, 1), (1, 1)]
    assert Publication.objects.count() == 1
    retract(batch_id=batch.pk, actor=None, reason="A wrong file")
    assert len(read_package(folder, actor=None)) == 1


@pytest.mark.parametrize(
    ("rows", "extra", "fault"),
    [
        ([("cpi.score", "ZZZ", "2017", "40")], {}, "facts.csv, line 2: 'ZZZ' is not known in this version."),
        (
            [FACTS[0], ("cpi.x", "GHA", "2017", "1")],
            {},
            "facts.csv, line 3: 'cpi.x' is not known in this version.",
        ),
        ([("cpi.score", "GHA", "2017", "101")], {}, "facts.csv, line 2: 101 is outside 0 to 100."),
        ([("cpi.score", "GHA", "2017", "many")], {}, "facts.csv, line 2: could not convert string to float: 'many'"),
        ([("cpi.score", "GHA", "2017", "")], {"missing": "lost"}, "facts.csv, line 2: 'lost' is not a valid Missing"),
    ],
)
def test_a_fault_names_its_line_and_nothing_is_published(
    tmp_path: Path, rows: list[Fact], extra: dict[str, str], fault: str
) -> None:
    with pytest.raises(BadPackage) as refused:
        read_package(package(tmp_path, rows, **extra), actor=None)
    assert str(refused.value) == fault
    assert not Import.objects.exists()


def test_a_file_that_is_not_the_one_described_is_refused(tmp_path: Path) -> None:
    folder = package(tmp_path)
    (folder / "facts.csv").write_text("indicator,country\n", encoding="utf-8")
    with pytest.raises(BadPackage, match=r"facts\.csv is not the file that datapackage\.json names"):
        read_package(folder, actor=None)
    (folder / "facts.csv").unlink()
    with pytest.raises(BadPackage, match=r"facts\.csv cannot be read"):
        read_package(folder, actor=None)
    edit(folder, **{"cpc:source": "nowhere"})
    with pytest.raises(BadPackage, match="there is no source 'nowhere' in this version"):
        read_package(folder, actor=None)
    (folder / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadPackage, match=r"datapackage\.json cannot be read"):
        read_package(folder, actor=None)


@pytest.mark.parametrize(
    ("stated", "day", "source"),
    [
        ({"day": "2019-01-29", "source": "The file"}, "2019-01-29", "The file"),
        ({}, None, ""),
    ],
)
def test_package_states_the_day_of_an_edition_or_none(
    tmp_path: Path, stated: dict[str, str], day: str | None, source: str
) -> None:
    folder = package(tmp_path)
    edit(folder, **{"cpc:published_on": stated})
    (batch,) = read_package(folder, actor=None)
    assert (batch.published_on and batch.published_on.isoformat(), batch.dated_by) == (day, source)


@pytest.mark.parametrize("stated", [{"day": "soon", "source": "x"}, {"day": "2019-01-29"}, "2019-01-29"])
def test_a_day_without_its_source_is_refused(tmp_path: Path, stated: Any) -> None:
    folder = package(tmp_path)
    edit(folder, **{"cpc:published_on": stated})
    with pytest.raises(BadPackage, match="is not a publication date with its source"):
        read_package(folder, actor=None)


DEFINED = {"code": "cpi.own", "name": "Own", "unit": "points", "wording": "w", "direction": 1, "decimals": 1}


def test_a_definition_on_record_stays_and_a_new_one_is_added(tmp_path: Path) -> None:
    folder = package(tmp_path, [("cpi.own", "GHA", "2017", "40"), FACTS[0]])
    edit(folder, **{"cpc:indicators": [DEFINED, {**DEFINED, "code": "cpi.score"}]})
    before = Indicator.objects.get(code="cpi.score").name
    read_package(folder, actor=None)
    assert Indicator.objects.get(code="cpi.own").direction == 1
    assert Indicator.objects.get(code="cpi.score").name == before


def rows_of(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [
                f"{row['indicator']} {row['country']} {row['period']} {row['value']}" for row in csv.DictReader(file)
            ]
    return found


def test_only_live_values_of_the_sources_and_years_asked_for_are_written(tmp_path: Path) -> None:
    publish_facts(tmp_path / "a", name="a", edition="2018", facts=FACTS)
    publish_facts(tmp_path / "b", name="b", edition="2019", facts=[("cpi.score", "GHA", "2017", "41")])
    out = tmp_path / "out"
    stale = out / "stale.csv"
    out.mkdir()
    stale.write_text("x", encoding="utf-8")
    written = write_live(out)
    assert written == (2, 2)
    assert sorted(rows_of(out)) == ["cpi.score GHA 2017 41", "cpi.score NER 2018 33.5"]
    assert not stale.exists()
    for more, rows in (
        ({"since": 2018}, ["cpi.score NER 2018 33.5"]),
        ({"since": 2019}, []),
        ({"sources": ["tip"]}, []),
        ({"since_of": {"cpi": 2018}}, ["cpi.score NER 2018 33.5"]),
        ({"since_of": {"tip": 2019}}, ["cpi.score GHA 2017 41", "cpi.score NER 2018 33.5"]),
    ):
        write_live(out, **more)
        assert sorted(rows_of(out)) == rows, more


def test_a_written_package_gives_the_same_values_again(tmp_path: Path) -> None:
    def stated() -> list[tuple[Any, ...]]:
        names = (
            "indicator__code",
            "country__code",
            "period",
            "value",
            "missing",
            "quality",
            "edition",
            "raw_text",
            "note",
        )
        return sorted(Observation.objects.live().values_list(*names), key=str)

    publish_facts(tmp_path / "a", name="a", edition="2018", facts=FACTS, quality="inferred", raw="40.0", note="by hand")
    missing: list[Fact] = [("cpi.score", "TGO", "2018", "")]
    publish_facts(tmp_path / "b", name="b", edition="2019", facts=missing, missing="not_collected")
    before = stated()
    out = tmp_path / "out"
    write_live(out)
    for batch in Import.objects.all():
        retract(batch_id=batch.pk, actor=None, reason="To read the package")
    read_package(out, actor=None)
    assert stated() == before
    assert len(before) == 3


def test_the_step_of_the_demonstration_counts_what_it_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicators.facts.reader.PACKAGE", package(tmp_path))
    assert load_facts(lambda *_step: None) == "2 values of 1 publishers' files"
    assert load_facts(lambda *_step: None) == ""
