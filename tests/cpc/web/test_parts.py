"""Template tags of the pages that choose countries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import escape

from cpc.web.charts import Area, Dot, Locator, View, scatter, shapes, worldmap
from cpc.web.parts import GroupTab

EVIL = "<script>alert(1)</script>"
EVIL_TAB = GroupTab(EVIL, f"/?q={EVIL}", current=True, count=1200, more=EVIL)


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/list/"), **context}))


@pytest.mark.parametrize(
    "call",
    [
        "{% sub_nav tabs evil %}",
        "{% group_tabs tabs evil %}{{ evil }}{% endgroup_tabs %}",
        "{% view_switch tabs evil %}",
        "{% bar_menu evil %}{{ evil }}{% endbar_menu %}",
        "{% verdict label=evil %}{{ evil }}{% endverdict %}",
        "{% view view %}{{ evil }}{% endview %}",
        "{% view absent %}{{ evil }}{% endview %}",
        "{% locator_map crop %}",
    ],
)
def test_tags_escape_what_they_are_given(call: str) -> None:
    dots = [Dot(EVIL, f"/?q={EVIL}", 50, 50, 0.5, 1)]
    html = render(
        call,
        evil=EVIL,
        tabs=[EVIL_TAB],
        view=scatter("s", EVIL, EVIL, dots, first=20),
        absent=View(EVIL, EVIL, None, None, (), note=EVIL, absent=EVIL),
        crop=Locator(None, None, EVIL),
    )
    assert "<script" not in html
    assert escape(EVIL) in html


def test_tabs_are_links_of_which_one_is_current() -> None:
    tabs = [
        GroupTab("Ranked", "?group=ranked", current=True, count=1200),
        GroupTab("Outside", "?group=outside", count=0),
    ]
    html = render('{% group_tabs tabs "Groups" %}{% endgroup_tabs %}', tabs=tabs)
    assert html.count("aria-current") == 1
    assert '<a href="?group=ranked" aria-current="page">Ranked <b>1,200</b></a>' in html
    assert "Outside <b>0</b>" in html
    assert "<p>" not in html
    assert 'aria-label="Groups"' in html
    assert "<b>" not in render('{% sub_nav tabs "Pages" %}', tabs=[GroupTab("How sure", "/x/")])


def test_a_view_shows_figure_key_content_and_note() -> None:
    view = View("A finding.", "Context.", None, None, (), note="A note.", absent="")
    shown = scatter("s", "A finding.", "Context.", [Dot("Ghana", "/g/", 50, 50, 0.9, 1)], first=20)
    html = render("{% view view %}<ol><li>Ghana</li></ol>{% endview %}", view=shown)
    assert "<b>A finding.</b>Context." in html
    assert html.count('role="group"') == 2
    assert "<h3>In the first 20, share of draws</h3>" in html
    assert "<span>80% or more</span> <b>1</b>" in html
    assert html.index("80% or more") < html.index("<ol>")
    assert "A note." in render("{% view view %}{% endview %}", view=view)


def test_map_view_without_shapes_has_a_text_and_its_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(shapes, "FILE", tmp_path / "none.json")
    view = worldmap("m", "A finding.", "", [Area("288", "Ghana", "/g/", "ranked", 0.5)], first=20)
    html = render('{% view view %}<a href="/g/">Ghana</a>{% endview %}', view=view)
    assert "that are not installed here. Run make to install them." in html
    assert '<a href="/g/">Ghana</a>' in html
    assert "<svg" not in re.sub(r'<svg class="usa-icon.*?</svg>', "", html)
    assert "50% to 80%" not in html


def test_verdict_is_alone_or_in_the_grid() -> None:
    assert 'class="l-8 c-panel c-verdict c-verdict--tall" aria-label="Verdict"' in render(
        '{% verdict label="Verdict" tall=True span=8 %}x{% endverdict %}'
    )
    assert 'class="c-panel c-verdict" aria-label="Finding"' in render("{% verdict %}x{% endverdict %}")


def test_a_chance_is_written_as_in_a_cell() -> None:
    assert render("{{ 0.004|chance }} {{ p|chance }} {{ none|chance }}", p=0.446, none=None) == "&lt;1% 45% \N{EN DASH}"
