"""The operator's guide: it names every setting, and every file and page that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
GUIDE = sorted((BASE / "docs" / "operations").glob("*.md"))
READ = re.compile(r"(?:\benv|\benv_list|\brequired)\(\s*\"([A-Z][A-Z0-9_]+)\"")
OF_DEVELOPERS = {"DEBUG", "CPC_PROCESS"}
"""Variables that nobody sets in production: it ignores the first, and the product itself sets the second."""


def test_every_setting_is_in_the_guide() -> None:
    guide = "\n".join(page.read_text() for page in GUIDE)
    read = {name for module in (BASE / "cpc" / "settings").glob("*.py") for name in READ.findall(module.read_text())}
    assert len(read) > 40
    assert {name for name in read - OF_DEVELOPERS if f"`{name}`" not in guide} == set()


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.stem)
def test_every_file_that_the_guide_names_exists(page: Path) -> None:
    text = page.read_text()
    paths = re.findall(r"`((?:tests|cpc|docs)/[\w/.]+)`", text)
    links = re.findall(r"\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)", text)
    missing = [path for path in paths if not (BASE / path).exists()]
    missing += [link for link in links if not (page.parent / link).exists()]
    assert missing == []
