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


def test_filters_format_values_for_pages() -> None:
    html = render(
        "{{ 57.04|score }} {{ 0.5|normalized }} {{ 1.5|stderr }} {{ 0.76|share }} {{ r|missing }} {{ 3|spell_out }}",
        r="suppressed",
    )
    assert html == "57.0 0.500 1.50 76% Withheld Three"


def test_counts_and_lists_in_a_sentence() -> None:
    html = render(
        '{{ 1|count_of:"place" }}, {{ 2|count_of:"place" }}, {{ 1|count_of:"country,countries" }}, '
        '{{ 3|count_of:"country,countries" }}; {{ names|listing }}; {{ names|listing:"or" }}',
        names=["Ghana", "Côte d'Ivoire"],
    )
    assert html == (
        "1 place, 2 places, 1 country, 3 countries; Ghana and Côte d&#x27;Ivoire; Ghana or Côte d&#x27;Ivoire"
    )


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


def test_text_between_backticks_is_code() -> None:
    assert render("{{ text|coded }}", text="Run `run`, or `<b>`") == "Run <code>run</code>, or <code>&lt;b&gt;</code>"
    assert render("{{ text|coded }}", text="It`s alone") == "It`s alone"


@pytest.mark.parametrize(
    ("call", "html"),
    [
        ('{% source "TI" "2025" %}', '<span class="c-source">TI, 2025 </span>'),
        ('{% source "TI" "" "S!B2" %}', '<span class="c-source">TI <code>S!B2</code></span>'),
        (
            '{% source "" "2025" "S!B2" "/x/" %}',
            '<span class="c-source">2025 <a href="/x/"><code>S!B2</code></a></span>',
        ),
        ('{% source "TI" "2025" "" "/x/" %}', '<span class="c-source">TI, 2025 <a href="/x/">Source</a></span>'),
        ('{% fact "Values" 3 %}', "<div><dt>Values</dt><dd>3</dd></div>"),
        ('{% fact "Values" 3 "of 9" %}', "<div><dt>Values</dt><dd>3<small>of 9</small></dd></div>"),
        ('{% panel_head "Title" %}', '<div class="c-panel__head"><h2>Title</h2></div>'),
        (
            '{% panel_head "Title" "All" "h" 3 %}',
            '<div class="c-panel__head"><h3 id="h">Title</h3><p>All</p></div>',
        ),
        (
            '{% panel "Title" id="x" span=6 body=False %}Text{% endpanel %}',
            '<section class="l-6 c-panel" aria-labelledby="x"><div class="c-panel__head"><h2 id="x">Title</h2></div>'
            "Text</section>",
        ),
        (
            '{% panel "Title" id="x" aside="All" %}Text{% endpanel %}',
            '<section class="l-12 c-panel" aria-labelledby="x"><div class="c-panel__head"><h2 id="x">Title</h2>'
            '<p>All</p></div><div class="c-panel__body">Text</div></section>',
        ),
        (
            '{% alert "error" role="alert" %}Text{% endalert %}',
            '<div class="usa-alert usa-alert--error usa-alert--slim" role="alert"><div class="usa-alert__body">'
            '<div class="usa-alert__text">Text</div></div></div>',
        ),
        ("{% when day %}", '<time datetime="2026-12-04">Dec 4, 2026</time>'),
        ('{% when day "deadline" %}', '<time datetime="2026-12-04">Fri, Dec 4</time>'),
        ("{{ 2|dash:14 }}", "2\N{EN DASH}14"),
        ("{{ 2|dash:2 }}", "2"),
    ],
)
def test_small_tags(call: str, html: str) -> None:
    assert render(call, day=dt.date(2026, 12, 4)) == html


def test_alert_and_empty_list_have_no_role_or_id() -> None:
    assert "role=" not in render('{% alert "info" %}Text{% endalert %}')
    assert "<h3>Nothing</h3>Text</div>" in render('{% empty_state "Nothing" %}Text{% endempty_state %}')
    assert '<h2 id="n">Nothing</h2>' in render('{% empty_state "Nothing" level=2 id="n" %}Text{% endempty_state %}')


def test_a_moment_needs_a_time() -> None:
    with pytest.raises(TemplateSyntaxError, match="needs a date with a time"):
        render('{% when day "moment" %}', day=dt.date(2026, 12, 4))


def test_the_steps_before_the_current_one_are_complete() -> None:
    html = render("{% steps names 1 %}", names=["A", "B", "C"])
    segments = [part.partition('"')[0] for part in html.split('<li class="usa-step-indicator__segment')[1:]]
    assert segments == [
        " usa-step-indicator__segment--complete",
        " usa-step-indicator__segment--current",
        "",
    ]
    assert 'A<span class="u-sr"> completed</span>' in html
    assert 'C<span class="u-sr"> not started</span>' in html
