from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.html import escape

EVIL = "<script>alert(1)</script>"


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/list/"), **context}))


@pytest.mark.parametrize(
    "call",
    [
        '{% status "good" evil %}',
        "{% source evil evil evil evil %}",
        "{% fact evil evil evil %}",
        "{% panel_head evil evil evil %}",
        '{% panel evil id="x" aside=evil %}{{ evil }}{% endpanel %}',
        "{% empty_state evil %}{{ evil }}{% endempty_state %}",
        '{% alert "info" %}{{ evil }}{% endalert %}',
        "{% steps names 0 evil %}",
        "{% breadcrumb evil evil evil %}",
        '{% sort_header evil "score" %}',
        "{{ evil|dash:evil }}",
        "{{ evil|coded }}",
        "{% icon evil %}",
    ],
)
def test_tags_escape_what_they_are_given(call: str) -> None:
    html = render(call, evil=EVIL, names=[EVIL])
    assert "<script" not in html
    assert escape(EVIL) in html or "%3Cscript" in html


def test_a_state_has_a_word_and_a_known_kind() -> None:
    assert "</svg>Late</span>" in render('{% status "bad" "Late" tag=True %}')
    with pytest.raises(TemplateSyntaxError, match="'red' is no kind"):
        render('{% status "red" "Late" %}')


@pytest.mark.parametrize(
    ("current", "expected", "now"),
    [
        (0, ["", " not started"], "Step 1 of 2: A"),
        (1, [" completed", ""], "Step 2 of 2: B"),
        (2, [" completed"] * 2, "All steps"),
    ],
)
def test_steps(current: int, expected: list[str], now: str) -> None:
    html = render("{% steps names current %}", names=["A", "B"], current=current)
    assert now in html
    assert html.count('aria-current="step"') == (current < 2)
    assert html.count('class="u-sr"') == len([word for word in expected if word])


def test_dates_carry_their_machine_form() -> None:
    moment = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
    html = render(
        '{% when day %} {% when moment "moment" %} {% when nothing %}', day=moment.date(), moment=moment, nothing=None
    )
    assert html == (
        '<time datetime="2026-11-24">Nov 24, 2026</time> '
        '<time datetime="2026-11-24T09:00:00+00:00">Nov 24, 2026, 09:00 UTC</time> \N{EN DASH}'
    )


def test_filters_speak_the_words_of_the_pages() -> None:
    html = render(
        "{{ 57.04|score }} {{ 0.5|normalized }} {{ 1.5|stderr }} {{ 0.76|share }} {{ r|missing }} {{ 3|spell_out }}",
        r="suppressed",
    )
    assert html == "57.0 0.500 1.50 76% Withheld Three"


class AskForm(forms.Form):
    name = forms.CharField(help_text="As printed.", widget=forms.TextInput(attrs={"placeholder": "Name"}))
    note = forms.CharField(required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField()


def test_a_refused_form_ties_errors_and_hints_to_its_controls() -> None:
    form = AskForm({"kind": "a"})
    html = render("{% form_errors form %}{% for f in form %}{% field f %}{% endfor %}", form=form)
    assert "Correct two errors. Nothing was saved." in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert 'aria-describedby="id_name-error id_name-hint"' in html
    assert html.count('aria-invalid="true"') == 2
    assert "placeholder" not in html
    assert html.count("(optional)") == 1
    assert html.count('class="usa-radio__input"') == 2
    assert '<legend class="usa-legend">Kind</legend>' in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert render("{% form_errors form %}", form=AskForm()).strip() == ""


def test_pagination_counts_rows() -> None:
    pages = Paginator(range(1234), 100)
    html = render('{% pagination page "values" %}', page=pages.page(13))
    assert "1,201 to 1,234 of 1,234 values" in html
    assert html.count('aria-current="page"') == 1
    assert "No values" in render('{% pagination page "values" %}', page=Paginator([], 10).page(1))


def test_a_breadcrumb_needs_pairs() -> None:
    with pytest.raises(TemplateSyntaxError, match="label and an address"):
        render('{% breadcrumb "Here" "Above" %}')


def test_code_is_what_stands_between_backticks() -> None:
    assert render("{{ text|coded }}", text="Run `run`, or `<b>`") == "Run <code>run</code>, or <code>&lt;b&gt;</code>"
    assert render("{{ text|coded }}", text="It`s alone") == "It`s alone"
