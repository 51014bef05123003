"""docs/architecture.md: its drawing and table of rooms match the contracts, and all paths exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture import APPS, PAGE, PICTURE, ROOT, layers_of, page, picture, rooms_of

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_picture_and_the_table_of_rooms_are_those_of_the_contracts() -> None:
    again = "Run: python -m tests.architecture"
    assert PICTURE.read_text(encoding="utf-8") == picture(), again
    assert PAGE.read_text(encoding="utf-8") == page(), again


@pytest.mark.parametrize("app", APPS[:-1])
def test_each_room_of_an_app_is_in_a_layer_of_rooms(app: str) -> None:
    drawn = {name for layer in layers_of(app) if layer.kind == "room" for name in layer.modules}
    assert drawn == rooms_of(app)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_path_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if not link.startswith("/")]
    assert [link for link in links if not (document.parent / link).exists()] == []
    named = re.findall(
        r"(?<!new file )`((?:cpc|indicators|selection|partnerships|templates|tests|docs)/[\w./-]+)`", text
    )
    assert [path for path in named if not (ROOT / path).exists()] == []
