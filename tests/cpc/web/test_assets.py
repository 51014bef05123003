"""Style sheets, icons, and scripts: all referenced files exist, and colors have enough contrast."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from cpc.site import gallery_choosing
from cpc.web import vendor_uswds
from cpc.web.badges import ICONS
from cpc.web.charts import shapes
from tests.conftest import ROOT, unavailable

APPS = ("cpc", "indicators", "selection", "partnerships")
ASSETS = ROOT / "cpc" / "web" / "assets"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ASSETS / "css").glob("*.css"))
CSS = "\n".join(path.read_text() for path in STYLES)


@pytest.fixture(scope="module")
def uswds() -> Path:
    folder = ROOT / "vendor" / "uswds"
    if not (folder / "img" / "sprite.svg").is_file():
        unavailable("the U.S. Web Design System is not in vendor/uswds; run make")
    return folder


def color(token: str) -> str:
    (code,) = re.findall(rf"--{token}: (#[0-9a-f]{{6}});", CSS)
    return str(code)


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colors."""

    def luminance(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("branch", ["need", "feas"])
def test_neighbors_in_a_ranking_bar_differ_by_three_to_one(branch: str) -> None:
    first, second, third = (color(f"{branch}-{shade}") for shade in (1, 2, 3))
    assert contrast(first, second) >= 3
    assert contrast(second, third) >= 3
    assert contrast(third, "#ffffff") >= 3
    assert contrast(color(f"{branch}-2s"), "#ffffff") >= 3  # the outline of the light one


@pytest.mark.parametrize("token", ["ink", "ink-2", "ink-3", "accent"])
@pytest.mark.parametrize("ground", ["#ffffff", "canvas", "sunk"])
def test_text_contrasts_with_its_background(token: str, ground: str) -> None:
    assert contrast(color(token), ground if ground.startswith("#") else color(ground)) >= 4.5


def test_style_sheets_refer_to_files_that_are_there(uswds: Path) -> None:
    found = [(path, target) for path in STYLES for target in re.findall(r"url\(([^)#][^)]*)\)", path.read_text())]
    assert len(found) >= 4
    for path, target in found:
        assert target.startswith("../uswds/"), f"{path.name}: {target}"
        assert (uswds / target.removeprefix("../uswds/")).is_file(), f"{path.name}: {target} is not in vendor/uswds"


def test_the_outlines_that_the_map_reads_are_those_that_are_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vendor_uswds.WORLD / vendor_uswds.OUTLINES.name == shapes.FILE
    package = tmp_path / "world-atlas"
    package.mkdir()
    monkeypatch.setattr(vendor_uswds, "OUTLINES", package / "countries-50m.json")
    monkeypatch.setattr(vendor_uswds, "WORLD", tmp_path / "vendor" / "world")
    with pytest.raises(vendor_uswds.AssetError, match=r"not in the package world-atlas: correct its version"):
        vendor_uswds.copy_outlines()
    for scale in ("10m", "50m", "110m"):
        (package / f"countries-{scale}.json").write_text(scale)
    vendor_uswds.copy_outlines()
    assert [path.read_text() for path in (tmp_path / "vendor" / "world").iterdir()] == ["50m"]


def test_the_outlines_are_not_sent_to_browsers() -> None:
    assert finders.find("uswds/css/uswds.min.css") or not (ROOT / "vendor" / "uswds").is_dir()
    assert finders.find("css/choosing.css")
    assert finders.find(f"world/{shapes.FILE.name}") is None


OPENED_ALONE = Path("templates/partnerships/record_export/index.html")
"""The page in the ZIP of a partnership: it opens from a folder, without this site and its style sheets."""


def test_every_icon_is_in_the_sprite(uswds: Path) -> None:
    sprite = set(re.findall(r'id="([a-z0-9_]+)"', (uswds / "img" / "sprite.svg").read_text()))
    asked = {
        name
        for path in TEMPLATES
        for pattern in (r'{% icon "(\w+)"', r'icon_name="(\w+)"', r'{% empty_state "[^"]*" "(\w+)"')
        for name in re.findall(pattern, path.read_text())
    }
    asked |= set(ICONS.values()) | {"arrow_upward", "arrow_downward", "expand_more"}
    asked |= {tab.icon for tab in gallery_choosing.VIEWS}
    of_rows = set(_icons_of_queue_rows())
    assert {"flag", "lock", "upload_file"} <= of_rows
    asked |= of_rows
    assert asked - sprite == set()


def _icons_of_queue_rows() -> Iterator[str]:
    """Yield the icons that the sources of the queue give to their rows."""
    positions = {"Shown": 4, "Item": 5}
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "queue" in path.read_text()]
    for node in (node for path in modules for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in positions:
            given = node.args[positions[node.func.id] :][:1]
            yield from (icon.value for icon in given if isinstance(icon, ast.Constant) and isinstance(icon.value, str))


def test_templates_have_no_inline_style_or_script() -> None:
    inline = re.compile(r'\sstyle=|<style|\son[a-z]+="|javascript:|<script(?![^>]* src=)')
    pages = [path for path in TEMPLATES if path.relative_to(ROOT) != OPENED_ALONE]
    wrong = [f"{path.relative_to(ROOT)}: {text}" for path in pages for text in inline.findall(path.read_text())]
    assert len(TEMPLATES) > 200
    assert not wrong, "\n".join(wrong)
