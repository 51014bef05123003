"""TIP narratives in the layouts of the publisher's pages. The tests read the reports' texts and never repeat them."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from indicators.sources.base import NarrativeReading, Quality, ReadResult
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.tip_narratives import TIP_NARRATIVES
from tests.support.forms import problem_counts

CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
PROFILE_OF_REPORT = ["intro", "recommendations", "prosecution", "protection", "prevention", "profile"]


def read_text(path: Path) -> tuple[NarrativeReading, ReadResult]:
    result = TIP_NARRATIVES.read(Document(path))
    (narrative,) = result.narratives
    return narrative, result


# --- excerpts of eleven countries -------------------------------------------------------------------------

# file: country, tier, line and column of the tier, line and column of each recommendation, whether the last is cut
EXCERPTS: dict[str, tuple[str, str, str, list[tuple[int, int]], bool]] = {
    "colombia_2025.txt": ("COLOMBIA", "Tier 2", "line 6, column 258", [], False),
    "cote_divoire_2023.txt": (
        f"COTE D{CURLY}IVOIRE",
        "Tier 2",
        "line 3, column 360",
        [(5, 3), (6, 3), (7, 3)],
        True,
    ),
    "ghana_2023.txt": ("GHANA", "Tier 2", "line 3, column 353", [(5, 3), (6, 3), (7, 3)], True),
    "honduras_2018.txt": (
        "HONDURAS",
        "Tier 2",
        "line 6, column 267",
        [(10, 1), (10, 102), (10, 283), (10, 489), (10, 705)],
        True,
    ),
    "jamaica_2023.txt": ("JAMAICA", "Tier 2", "line 3, column 349", [(7, 1), (9, 1)], False),
    "mongolia_2023.txt": ("MONGOLIA", "Tier 2", "line 3, column 349", [(7, 1), (9, 1)], False),
    "nepal_2024.txt": ("Nepal", "Tier 2 Watch List", "line 2, column 1707", [(3, 1)], True),
    "peru_2021.txt": ("PERU", "Tier 2", "line 6, column 340", [(10, 1), (10, 193), (10, 387)], True),
    "philippines_2023.txt": (
        "THE PHILIPPINES",
        "Tier 1",
        "line 3, column 322",
        [(7, 1), (9, 1), (11, 1), (13, 1)],
        False,
    ),
    "sierra_leone_2024.txt": (
        "SIERRA LEONE",
        "Tier 2",
        "line 6, column 276",
        [(8, 1), (8, 102), (8, 264), (8, 439), (8, 598), (8, 859)],
        True,
    ),
}


@pytest.mark.parametrize("name", EXCERPTS)
def test_tier_and_recommendations_of_an_excerpt(shared_data: Path, name: str) -> None:
    country, tier, tier_locator, positions, last_cut = EXCERPTS[name]
    path = shared_data / "tip" / "narratives" / name
    narrative, result = read_text(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    year = int(name[-8:-4])
    assert (narrative.country, narrative.report_year, narrative.tier) == (country, year, tier)
    (reading,) = (reading for reading in result.readings if reading.indicator == "tip.tier")
    assert (reading.indicator, reading.label, reading.period, reading.locator) == (
        "tip.tier",
        tier,
        str(year),
        tier_locator,
    )
    assert (reading.edition, reading.edition_rank, reading.quality) == (str(year), year * 10_000, Quality.UNCONFIRMED)
    line, column = (int(part.split()[-1]) for part in tier_locator.split(", "))
    assert lines[line - 1][column - 1 :].startswith(reading.raw)
    assert reading.raw.endswith(tier)
    assert [r.locator for r in narrative.recommendations] == [f"line {line}, column {at}" for line, at in positions]
    for recommendation, (line, column) in zip(narrative.recommendations, positions, strict=True):
        assert lines[line - 1][column - 1 :].startswith(recommendation.text)
    assert [r.cut for r in narrative.recommendations] == [
        last_cut and position == positions[-1] for position in positions
    ]


@pytest.mark.parametrize(
    ("name", "separator", "line"),
    [
        ("honduras_2018.txt", "; ", 10),
        ("peru_2021.txt", " \N{BULLET} ", 10),
        ("sierra_leone_2024.txt", " * ", 8),
    ],
)
def test_recommendations_of_one_paragraph(shared_data: Path, name: str, separator: str, line: int) -> None:
    path = shared_data / "tip" / "narratives" / name
    paragraph = path.read_text(encoding="utf-8").splitlines()[line - 1].replace("[excerpt ends]", "").strip()
    narrative, _ = read_text(path)
    assert [r.text for r in narrative.recommendations] == paragraph.split(separator)


@pytest.mark.parametrize(
    ("name", "sections", "problems"),
    [
        ("colombia_2025.txt", [("intro", 6, True)], 1),
        (
            "cote_divoire_2023.txt",
            [("intro", 3, False), ("recommendations", 4, True), ("protection", 9, True), ("prevention", 12, True)],
            3,
        ),
        (
            "ghana_2023.txt",
            [("intro", 3, False), ("recommendations", 4, True), ("protection", 10, True), ("prevention", 17, True)],
            3,
        ),
        ("honduras_2018.txt", [("intro", 6, False), ("recommendations", 8, True)], 1),
        ("jamaica_2023.txt", [("intro", 3, False), ("recommendations", 5, True)], 1),
        ("mongolia_2023.txt", [("intro", 3, False), ("recommendations", 5, True)], 1),
        ("nepal_2024.txt", [("intro", 2, False), ("recommendations", 3, True)], 1),
        ("peru_2021.txt", [("intro", 6, False), ("recommendations", 8, True)], 1),
        ("philippines_2023.txt", [("intro", 3, False), ("recommendations", 5, True)], 1),
        ("sierra_leone_2024.txt", [("intro", 6, False), ("recommendations", 8, True)], 1),
    ],
)
def test_sections_of_an_excerpt(
    shared_data: Path, name: str, sections: list[tuple[str, int, bool]], problems: int
) -> None:
    narrative, result = read_text(shared_data / "tip" / "narratives" / name)
    assert [(s.kind, s.locator, s.cut) for s in narrative.sections] == [(k, f"line {n}", c) for k, n, c in sections]
    assert problem_counts(result) == {("warning", "truncated"): problems}
    text = "".join(section.text for section in narrative.sections)
    assert "[excerpt ends]" not in text
    assert "# source" not in text


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("honduras_2018.txt", {"Forced criminal activity": "line 6, column 987"}),
        ("jamaica_2023.txt", {"Forced criminal activity": "line 3, column 863"}),
        *((name, {}) for name in EXCERPTS if name[:4] not in ("hond", "jama")),
    ],
)
def test_forms_of_an_excerpt(shared_data: Path, name: str, forms: dict[str, str]) -> None:
    path = shared_data / "tip" / "narratives" / name
    narrative, _ = read_text(path)
    assert {f.form: f.locator for f in narrative.forms} == forms
    lines = path.read_text(encoding="utf-8").splitlines()
    for form in narrative.forms:
        line, column = (int(part.split()[-1]) for part in form.locator.split(", "))
        assert lines[line - 1][column - 1 :].startswith(form.sentence)
        assert form.sentence.endswith(".")
        assert form.section == "intro"


def as_page(lines: list[str]) -> str:
    """Return an excerpt as a page in the style of the online report: headings, paragraphs, and lists."""
    body: list[str] = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("* "):
            body.append(f"<ul><li><span>{escape(text[2:])}</span></li></ul>")
        elif len(text) < 80:
            body.append(f"<h3>{escape(text)}</h3>")
        else:
            body.append(f"<div class='text'><p>{escape(text)}</p></div>")
    return (
        "<!DOCTYPE html><html><head><title>Office</title><style>p {color: red}</style></head><body>"
        f"<nav><p>PROTECTION</p></nav><main>{''.join(body)}</main><footer><p>Contact us.</p></footer></body></html>"
    )


@pytest.mark.parametrize("name", EXCERPTS)
def test_a_page_is_read_like_the_text(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = shared_data / "tip" / "narratives" / name
    page = tmp_path / name.replace(".txt", ".html")
    page.write_text(as_page(path.read_text(encoding="utf-8").splitlines()), encoding="utf-8")
    assert TIP_NARRATIVES.recognize(Document(page)) is not None
    from_text, text_result = read_text(path)
    from_page, page_result = read_text(page)
    assert (from_page.country, from_page.tier, from_page.title) == (
        from_text.country,
        from_text.tier,
        " ".join(from_text.title.split()),
    )
    assert [(r.text, r.cut) for r in from_page.recommendations] == [
        (" ".join(r.text.split()), r.cut) for r in from_text.recommendations
    ]
    assert [(s.kind, s.cut) for s in from_page.sections] == [(s.kind, s.cut) for s in from_text.sections]
    assert [f.form for f in from_page.forms] == [f.form for f in from_text.forms]
    assert problem_counts(page_result) == problem_counts(text_result)


# --- made-up narratives in the publishers' layouts -----------------------------------------------------------

OPENING = (
    "The Government of Ruritania does not fully meet the minimum standards for the elimination of trafficking but is "
    "making significant efforts to do so; therefore Ruritania {placed}. Courts, e.g. those of St. Ives, worked."
)


def write(tmp_path: Path, text: str, name: str = "ruritania_2031.txt") -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Document(path)


def narrative_of(
    tmp_path: Path, *lines: str, placed: str = "remained on Tier 2"
) -> tuple[NarrativeReading, ReadResult]:
    document = write(tmp_path, "\n".join([lines[0], OPENING.format(placed=placed), *lines[1:]]))
    assert TIP_NARRATIVES.recognize(document) is not None
    result = TIP_NARRATIVES.read(document)
    return result.narratives[0], result


@pytest.mark.parametrize(
    ("title", "placed", "tier", "reasons"),
    [
        ("RURITANIA: Tier 2", "remained on Tier 2", "Tier 2", {}),
        ("RURITANIA (TIER 2 WATCH LIST)", "was upgraded to Tier 2 Watch List", "Tier 2 Watch List", {}),
        ("RURITANIA (Tier 1)", "was downgraded to Tier 3", "Tier 3", {("warning", "inconsistent"): 1}),
        ("RURITANIA (Tier 3)", "waits", "Tier 3", {}),
        ("Ruritania", "waits", "", {("warning", "no_value"): 1}),
    ],
)
def test_the_text_states_the_tier_before_the_title(
    tmp_path: Path, title: str, placed: str, tier: str, reasons: dict[tuple[str, str], int]
) -> None:
    narrative, result = narrative_of(tmp_path, title, placed=placed)
    assert narrative.tier == tier
    assert [r.label for r in result.readings] == ([tier] if tier else [])
    assert problem_counts(result) == reasons


def test_a_waiver_is_no_placement(tmp_path: Path) -> None:
    text = (
        "The Government of Ruritania does not fully meet the minimum standards for the elimination of trafficking. "
        "Ruritania was granted a waiver from an otherwise required downgrade to Tier 3. Therefore Ruritania remained "
        "on Tier 2 Watch List for the third consecutive year."
    )
    narrative = TIP_NARRATIVES.read(write(tmp_path, text)).narratives[0]
    assert (narrative.country, narrative.tier) == ("Ruritania", "Tier 2 Watch List")


def test_semicolons_in_brackets_and_in_bullets_do_not_split(tmp_path: Path) -> None:
    narrative, _ = narrative_of(
        tmp_path,
        "RURITANIA: Tier 2",
        "RECOMMENDATIONS FOR RURITANIA",
        "Train (police; judges) now; fund shelters; and report.",
    )
    assert [r.text for r in narrative.recommendations] == ["Train (police; judges) now", "fund shelters", "report."]
    narrative, _ = narrative_of(
        tmp_path, "RURITANIA: Tier 2", "PRIORITIZED RECOMMENDATIONS:", "\N{BULLET} Train; fund.", "\N{BULLET} Report."
    )
    assert [r.text for r in narrative.recommendations] == ["Train; fund.", "Report."]


EN_DASH, EM_DASH = "\N{EN DASH}", "\N{EM DASH}"
ITEMS = ["Train police; judges.", "Fund shelters for children.", "Increase efforts to find victims.", "Report."]
SHAPES = {
    "hyphens": [f"- {item}" for item in ITEMS],
    "en dashes": [f"{EN_DASH} {item}" for item in ITEMS],
    "em dashes": [f"{EM_DASH} {item}" for item in ITEMS],
    "dashes glued to the text": [f"{EN_DASH}{item}" for item in ITEMS],
    "bullets glued to the text": [f"\N{BULLET}{item}" for item in ITEMS],
    "bullets of a word processor": [f"\uf0b7 {item}" for item in ITEMS],
    "hyphens with blank lines": [line for item in ITEMS for line in (f"- {item}", "")],
    "hyphens in one paragraph": [" ".join(f"- {item}" for item in ITEMS)],
    "en dashes in one paragraph": [" ".join(f"{EN_DASH} {item}" for item in ITEMS)],
    "asterisks in one paragraph": [" ".join(f"* {item}" for item in ITEMS)],
    "a lost space": ["".join(ITEMS)],
    "a lost space between bullets": [f"- {ITEMS[0]}{ITEMS[1]}", f"- {ITEMS[2]}{ITEMS[3]}"],
    "lost bullets": [" ".join(ITEMS)],
    "bullets and hyphens": [f"\N{BULLET} {ITEMS[0]}", f"- {ITEMS[1]}", *(f"* {item}" for item in ITEMS[2:])],
}


@pytest.mark.parametrize("as_html", [False, True], ids=["text", "page"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_recommendation_is_an_item_without_its_mark(tmp_path: Path, shape: str, as_html: bool) -> None:
    lines = SHAPES[shape]
    opening = OPENING.format(placed="remained on Tier 2")
    if as_html:
        body = "".join(f"<p>{line}</p>" for line in ("PRIORITIZED RECOMMENDATIONS:", *lines, "PROSECUTION", "Courts."))
        text = f"<html><body><h1>RURITANIA (Tier 2)</h1><p>{opening}</p>{body}</body></html>"
        document = write(tmp_path, text, "ruritania_2031.html")
    else:
        text = "\n".join(
            ["RURITANIA (Tier 2)", opening, "PRIORITIZED RECOMMENDATIONS:", *lines, "PROSECUTION", "Courts."]
        )
        document = write(tmp_path, text)
    (narrative,) = TIP_NARRATIVES.read(document).narratives
    assert [r.text for r in narrative.recommendations] == ITEMS


def test_a_dash_inside_a_sentence_is_no_bullet_and_stays(tmp_path: Path) -> None:
    expected = f"Screen groups {EN_DASH} to include children {EN_DASH} and train police - all of them."
    narrative, _ = narrative_of(
        tmp_path, "RURITANIA (Tier 2)", "RECOMMENDATIONS FOR RURITANIA", f"- {expected}", "- Report."
    )
    assert [r.text for r in narrative.recommendations] == [expected, "Report."]


def test_a_line_that_was_wrapped_before_a_dash_is_no_new_item(tmp_path: Path) -> None:
    text = (
        "RURITANIA (Tier 2)\n\nThe Government of Ruritania does not fully meet the minimum\nstandards for the "
        "elimination of trafficking; therefore\nRuritania remained on Tier 2.\n\nPrioritized Recommendations\n\n"
        f"- Screen groups\n{EN_DASH} to include children {EN_DASH} and\ntrain police\n- Fund shelters\n- Report.\n"
    )
    narrative = TIP_NARRATIVES.read(write(tmp_path, text)).narratives[0]
    assert [(r.text, r.locator) for r in narrative.recommendations] == [
        (f"Screen groups {EN_DASH} to include children {EN_DASH} and train police", "line 9, column 3"),
        ("Fund shelters", "line 12, column 3"),
        ("Report.", "line 13, column 3"),
    ]


def test_a_name_after_a_full_stop_does_not_split(tmp_path: Path) -> None:
    expected = "Work with St.Ives and report at example.Gov in full."
    narrative, _ = narrative_of(tmp_path, "RURITANIA (Tier 2)", "RECOMMENDATIONS FOR RURITANIA", expected)
    assert [r.text for r in narrative.recommendations] == [expected]


def test_a_hard_wrapped_text_is_put_together(tmp_path: Path) -> None:
    text = (
        "RURITANIA (Tier 2)\n\nThe Government of Ruritania does not fully meet the minimum\nstandards for the "
        "elimination of trafficking; therefore\nRuritania remained on Tier 2.\n\nPrioritized Recommendations\n\n"
        "Train police officers and\njudges.\n\nFund shelters.\n\nTRAFFICKING PROFILE\n\n"
        "Traffickers force children to\nbeg in the streets.\n"
    )
    narrative = TIP_NARRATIVES.read(write(tmp_path, text)).narratives[0]
    assert [(r.text, r.locator) for r in narrative.recommendations] == [
        ("Train police officers and judges.", "line 9, column 1"),
        ("Fund shelters.", "line 12, column 1"),
    ]
    assert [(f.form, f.sentence, f.section) for f in narrative.forms] == [
        ("Forced begging", "Traffickers force children to beg in the streets.", "profile")
    ]


def test_forms_need_a_child_and_come_from_the_profile_first(tmp_path: Path) -> None:
    narrative, _ = narrative_of(
        tmp_path,
        "RURITANIA (Tier 2)",
        "Gangs force boys to steal.",
        "TRAFFICKING PROFILE",
        "Traffickers exploit men on farms. Dr. No exploited girls in U.S. brothels and on tea farms. Boys like farms. "
        "Gangs compel children to commit crimes. Rebels recruit boys.",
    )
    assert {f.form: f.sentence for f in narrative.forms} == {
        "Child sex trafficking": "Dr. No exploited girls in U.S. brothels and on tea farms.",
        "Agriculture": "Dr. No exploited girls in U.S. brothels and on tea farms.",
        "Forced criminal activity": "Gangs compel children to commit crimes.",
        "Child soldiering and use by armed groups": "Rebels recruit boys.",
    }
    assert narrative.forms[0].locator == "line 5, column 35"


def test_several_narratives_of_one_page(tmp_path: Path) -> None:
    page = "".join(
        f"<h2>{name} (Tier {tier})</h2>"
        f"<p>{OPENING.replace('Ruritania', name).format(placed=f'remained on Tier {tier}')}</p>"
        "<p><strong>PRIORITIZED RECOMMENDATIONS:</strong><br/></p>"
        "<ul><li>Train police.</li><li><p>Fund shelters.</p></li></ul>"
        "<p><strong>PROSECUTION</strong><br/>Courts worked.</p>"
        for name, tier in (("Ruritania", 1), ("Graustark", 3))
    )
    document = write(
        tmp_path, f"<html><body><h1>2031 Trafficking in Persons Report</h1>{page}</body></html>", "tip.html"
    )
    result = TIP_NARRATIVES.read(document)
    assert [(n.country, n.tier, n.report_year) for n in result.narratives] == [
        ("Ruritania", "Tier 1", 2031),
        ("Graustark", "Tier 3", 2031),
    ]
    assert [(r.text, r.locator) for r in result.narratives[1].recommendations] == [
        ("Train police.", "/html/body/ul[2]/li[1], item 1"),
        ("Fund shelters.", "/html/body/ul[2]/li[2]/p, item 1"),
    ]
    assert [s.kind for s in result.narratives[1].sections] == ["intro", "recommendations", "prosecution"]
    assert result.problems == []


def test_the_year_comes_from_the_text_then_from_the_name(tmp_path: Path) -> None:
    body = f"RURITANIA (Tier 2)\n{OPENING.format(placed='remained on Tier 2')}\n"
    title = "2031 Trafficking in Persons Report: Ruritania\n"
    disagreeing = TIP_NARRATIVES.read(write(tmp_path, title + body, "saved_2030.txt"))
    assert disagreeing.edition == "2031"
    assert problem_counts(disagreeing) == {("warning", "inconsistent"): 1}
    unnamed = write(tmp_path, body, "ruritania.txt")
    recognition = TIP_NARRATIVES.recognize(unnamed)
    assert recognition is not None
    assert recognition.edition == ""
    with pytest.raises(UnreadableFile, match="does not show the year of the report"):
        TIP_NARRATIVES.read(unnamed)
    assert TIP_NARRATIVES.read(unnamed, "2029").readings[0].period == "2029"


def test_other_texts_are_not_claimed(tmp_path: Path) -> None:
    prose = write(tmp_path, "Trafficking in Persons Report 2031\n\nThe Secretary presents the report.\n")
    assert TIP_NARRATIVES.recognize(prose) is None
    with pytest.raises(UnreadableFile, match="no country narrative"):
        TIP_NARRATIVES.read(prose)
