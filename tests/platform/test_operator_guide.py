"""The operator's guide: it names every setting, and every file and page that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
GUIDE = sorted((BASE / "docs" / "operations").glob("*.md"))
READ = re.compile(r"\b[a-z_]+\(\s*\"([A-Z][A-Z0-9_]{3,})\"")
NOT_SET = {"DEBUG", "CPC_PROCESS", "OPTIONS"}
"""Production ignores the first, the product itself sets the second, and the third is a key of a dictionary."""


def test_every_setting_is_in_the_guide() -> None:
    guide = "\n".join(page.read_text() for page in GUIDE)
    read = {name for module in (BASE / "cpc" / "settings").glob("*.py") for name in READ.findall(module.read_text())}
    assert len(read) > 40
    assert {name for name in read - NOT_SET if f"`{name}`" not in guide} == set()


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.stem)
def test_every_file_that_the_guide_names_exists(page: Path) -> None:
    text = page.read_text()
    paths = re.findall(r"`((?:tests|cpc|docs)/[\w/.]+)`", text)
    links = re.findall(r"\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)", text)
    missing = [path for path in paths if not (BASE / path).exists()]
    missing += [link for link in links if not (page.parent / link).exists()]
    assert missing == []
