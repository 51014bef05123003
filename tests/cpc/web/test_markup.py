from __future__ import annotations

import pytest
from django.utils.html import escape
from django.utils.safestring import SafeString

from cpc.web.badges import Badge
from cpc.web.markup import badge, code, fragment, lines, link, small

EVIL = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "made",
    [
        lambda: link(f"/?q={EVIL}", EVIL, EVIL),
        lambda: badge(Badge("good", EVIL)),
        lambda: code(EVIL),
        lambda: small(EVIL),
        lambda: lines(EVIL, EVIL),
        lambda: fragment("indicators/imports/_preview_value.html", label=EVIL),
    ],
)
def test_every_piece_escapes_what_it_is_given(made: object) -> None:
    html = made()  # type: ignore[operator]  # each is a function without arguments
    assert isinstance(html, SafeString)
    assert "<script" not in html
    assert escape(EVIL) in html


def test_lines_leave_out_what_is_empty_and_keep_a_zero() -> None:
    assert lines("One", "", None, 0, small("")) == "One<br>0"


def test_the_end_of_a_link_may_be_hidden() -> None:
    assert link("/a/", "Edit", " the award") == '<a href="/a/">Edit<span class="u-sr"> the award</span></a>'
    assert link("/a/", "Edit") == '<a href="/a/">Edit</a>'


def test_a_badge_may_have_its_own_icon() -> None:
    assert "#alarm" in badge(Badge("warn", "Late", "alarm"))
    assert "#warning" in badge(Badge("warn", "Late"))
