"""Word list: each rule finds its words, and exempts a publisher's own terms."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.wording import ALLOWED, RETIRED, SPELLINGS, added_lines, find_all, read_budgets


def rules_of(folder: Path, **texts: str) -> list[tuple[str, str, int]]:
    """Return the rule, path, and line of each finding in files with these texts; `__` is a slash, `_py` an ending."""
    paths = []
    for name, text in texts.items():
        stem, _, ending = name.replace("__", "/").rpartition("_")
        path = f"{stem}.{ending}"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
        paths.append(path)
    return [(found.rule, found.path, found.line) for found in find_all(paths, folder)]


def test_a_british_spelling_is_found_inside_a_name(tmp_path: Path) -> None:
    text = 'x = 1\nprogramme_id = "Colour"\n'
    assert rules_of(tmp_path, tests__a_py=text) == [("programme", "tests/a.py", 2), ("colour", "tests/a.py", 2)]


def test_publisher_terms_are_exempt(tmp_path: Path) -> None:
    assert rules_of(tmp_path, cpc__a_py='TITLE = "Child labour"\nOTHER = "labour costs"\n') == [
        ("labour", "cpc/a.py", 2)
    ]
    assert rules_of(tmp_path, templates__a_html='<p aria-labelledby="x">Labelled</p>') == [
        ("labelled", "templates/a.html", 1)
    ]


def test_retired_words_are_found_except_in_statutes(tmp_path: Path) -> None:
    text = "# the Trafficking Victims Protection Act\ndef act_on(paper: str) -> None: ...\n"
    assert rules_of(tmp_path, selection__a_py=text) == [("act", "selection/a.py", 2), ("paper", "selection/a.py", 2)]
    assert rules_of(tmp_path, tests__b_py=text) == []
    text = "def test_it_stands(place: str) -> None:\n    words = place\n"
    assert rules_of(tmp_path, tests__c_py=text) == [("stands", "tests/c.py", 1)]
    assert rules_of(tmp_path, templates__b_html='<p class="place">{{ thing }}</p>{% words %}\nIt stands.') == [
        ("thing", "templates/b.html", 1),
        ("stands", "templates/b.html", 2),
    ]


@pytest.mark.parametrize("opening", ["What", "Where", "How", "Whether", "When"])
def test_a_docstring_that_opens_with_a_question_word_is_found(tmp_path: Path, opening: str) -> None:
    text = f'"""A module."""\n\n\ndef f() -> None:\n    """{opening} it is."""\n'
    assert rules_of(tmp_path, tests__a_py=text) == [("docstring-opening", "tests/a.py", 4)]


def test_a_class_name_is_defined_once_in_an_app(tmp_path: Path) -> None:
    text = "class Row:\n    class Meta:\n        pass\n\n\nclass Command:\n    pass\n"
    found = rules_of(tmp_path, cpc__a_py=text, cpc__b_py=text, selection__a_py=text, tests__a_py=text)
    assert found == [("class-defined-twice", "cpc/a.py", 1)]


def test_rules_have_budgets_and_exemptions_have_reasons() -> None:
    assert set(read_budgets()) == {*SPELLINGS, *RETIRED, "docstring-opening", "class-defined-twice"}
    assert set(ALLOWED) <= {*SPELLINGS, *RETIRED}
    assert all(reason for exempt in ALLOWED.values() for _, _, reason in exempt)


def test_lines_that_a_branch_and_its_working_tree_add_are_found(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        names = ("-c", "user.name=A", "-c", "user.email=a@cpc.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *names, *arguments], cwd=tmp_path, check=True, capture_output=True)

    text = tmp_path / "a.py"
    text.write_text("one = 1\ntwo = 2\n")
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "Begin")
    assert added_lines(tmp_path) == {}
    git("checkout", "-b", "mine")
    text.write_text("zero = 0\none = 1\ntwo = 2\n")
    git("commit", "-am", "Add a line")
    text.write_text("zero = 0\none = 1\ntwo = 3\n")
    (tmp_path / "new.md").write_text("A new file.\n")
    assert added_lines(tmp_path) == {"a.py": {1, 3}, "new.md": {1}}
