from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic

import pytest
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.template import Context, Template
from django.test import RequestFactory

from cpc.accounts.models import Agency
from cpc.parameters import check_parameters
from cpc.web import tables
from cpc.web.badges import Badge
from cpc.web.formats import DASH
from cpc.web.markup import link
from cpc.web.tables import Column, Empty, Table

COLUMNS = {"name", "score"}


def get(query: str = "") -> HttpRequest:
    return RequestFactory().get(f"/list/{query}")


def test_a_column_can_be_made_with_the_type_of_its_rows_by_every_python() -> None:
    # Before Python 3.13, Column[Row](...) fails for a frozen class with slots.
    ours = [cls for cls in Generic.__subclasses__() if cls.__module__.startswith(("cpc.", "indicators.", "selection."))]
    assert {Column, Table} <= set(ours)
    assert [cls for cls in ours if "__slots__" in vars(cls)] == []


def test_an_unknown_parameter_is_named() -> None:
    check_parameters(get("?sort=name&page=2"), ("sort", "page"))
    with pytest.raises(BadRequest, match=r"does not accept .*tier.*It accepts page, sort"):
        check_parameters(get("?sort=name&tier=3"), ("sort", "page"))


def test_sort_keys_are_checked() -> None:
    assert tables.sort_key(get(), COLUMNS, "-score") == "-score"
    assert tables.sort_key(get("?sort=name"), COLUMNS, "-score") == "name"
    with pytest.raises(BadRequest, match=r"can't be sorted by .*password.*name, score"):
        tables.sort_key(get("?sort=-password"), COLUMNS, "-score")


@pytest.mark.parametrize(
    ("query", "default", "url", "state"),
    [
        ("", "", "?sort=-score", ""),
        ("", "-score", "?sort=score", "descending"),
        ("?sort=-score&page=3&region=Africa", "", "?sort=score&region=Africa", "descending"),
        ("?sort=score", "-score", "?sort=-score", "ascending"),
        ("?sort=name", "-score", "?sort=-score", ""),
    ],
)
def test_a_heading_turns_its_order_and_goes_to_the_first_page(query: str, default: str, url: str, state: str) -> None:
    link = tables.sort_link(get(query), "score", default=default, descending_first=True)
    assert (link.url, link.state) == (url, state)


def test_pages_keep_the_filter_and_elide_the_middle() -> None:
    request = get("?region=Africa&page=13")
    page = tables.paginate(request, list(range(1000)), size=40)
    links = tables.page_links(request, page)
    assert (page.start_index(), page.end_index()) == (481, 520)
    assert [link.label for link in links] == ["Previous", "1", "…", "12", "13", "14", "…", "25", "Next"]
    assert [link.label for link in links if link.current] == ["13"]
    assert all("region=Africa" in link.url for link in links if link.url)


@pytest.mark.parametrize("asked", ["0", "26", "x", "-1"])
def test_a_page_that_is_not_there_is_not_found(asked: str) -> None:
    with pytest.raises(Http404, match="the last page is 25"):
        tables.paginate(get(f"?page={asked}"), list(range(1000)), size=40)


def test_an_empty_list_has_one_page() -> None:
    nothing: list[int] = []
    page = tables.paginate(get(), nothing, size=40)
    assert (len(page), page.has_other_pages()) == (0, False)


def test_two_lists_of_one_address_are_turned_apart() -> None:
    request = get("?page=3&answered=2")
    first = tables.paginate(request, list(range(1000)), size=40)
    second = tables.paginate(request, list(range(100)), size=40, parameter="answered")
    assert (first.number, second.number) == (3, 2)
    assert [link.url for link in tables.page_links(request, second, "answered")][-1] == "?page=3&answered=3"
    assert tables.page_links(request, first)[0].url == "?page=2&answered=2"


# ---- declared tables -----------------------------------------------------------------------------------------------


@dataclass
class Award:
    name: str
    amount: Decimal | None = None
    on: dt.date | None = None
    kind: str = "Grants"
    note: str = ""


ROWS = [Award("<b>Aid</b>", Decimal(1200), dt.date(2026, 4, 1), note="Started"), Award("Help", kind="Contracts")]
AWARDS: Table[Award] = Table(
    "Awards",
    [
        Column("Award", lambda row: row.name, html=lambda row: link("/a/?b&c", row.name, ", award"), total="Together"),
        Column("State", lambda row: Badge("good", row.kind), "badge"),
        Column("Day", lambda row: row.on, "day", detail=lambda row: row.note),
        Column("U.S. dollars", lambda row: row.amount, "dollars", sort="amount", total=Decimal(1200), phone="Dollars"),
        Column("Note", lambda row: row.note, css="is-wide"),
        Column("Change", lambda row: "Edit", hidden_label=True),
    ],
    file=[Column("Award", lambda row: row.name), Column("USD", lambda row: row.amount)],
    default_sort="amount",
    per_page=25,
    empty=Empty("No award yet", "Awards & grants."),
)


def shown(table: Table[Any], rows: list[Any], query: str = "") -> str:
    html = Template("{% table declared rows %}").render(
        Context({"request": get(query), "declared": table, "rows": rows})
    )
    return re.sub(r">\s+<", "><", html).strip()


def test_a_table_has_a_name_a_caption_and_headings() -> None:
    html = shown(AWARDS, ROWS)
    assert '<div class="c-scroll" tabindex="0" role="region" aria-label="Awards, table">' in html
    assert '<table class="usa-table c-stack" role="table"><caption class="u-sr">Awards</caption>' in html
    assert '<th scope="col" role="columnheader">State</th>' in html
    assert '<th scope="col" role="columnheader"><span class="u-sr">Change</span></th>' in html
    assert 'class="num" aria-sort="ascending"><a class="c-sort" href="?sort=-amount">U.S. dollars<svg' in html


def test_cells_are_formatted_named_and_escaped() -> None:
    html = shown(AWARDS, ROWS)
    assert (
        '<th scope="row" role="rowheader"><a href="/a/?b&amp;c">&lt;b&gt;Aid&lt;/b&gt;<span class="u-sr">, award</span>'
    ) in html
    assert '<td role="cell" data-label="State"><span class="c-status c-status--good">' in html
    assert (
        '<td role="cell" class="u-nowrap" data-label="Day"><time datetime="2026-04-01">Apr 1, 2026</time><br>'
        '<span class="u-small u-muted">Started</span></td>'
    ) in html
    assert '<td role="cell" class="num" data-label="Dollars">$1,200.00</td>' in html


def test_an_empty_cell_is_a_dash_that_phones_leave_out() -> None:
    second = shown(AWARDS, ROWS).split("<tr")[3]
    assert f'<td role="cell" class="u-nowrap is-none" data-label="Day">{DASH}</td>' in second
    assert f'<td role="cell" class="num is-none" data-label="Dollars">{DASH}</td>' in second
    assert f'<td role="cell" class="is-wide is-none" data-label="Note">{DASH}</td>' in second


def test_zero_is_not_empty() -> None:
    assert ">$0.00</td>" in shown(AWARDS, [Award("Aid", Decimal(0))])


def test_footer_label_spans_columns_before_the_first_total() -> None:
    footer = shown(AWARDS, ROWS).partition("<tfoot")[2]
    assert '<th scope="row" role="rowheader" colspan="3">Together</th><td role="cell" class="num" data-label=' in footer
    assert footer.count("is-none") == 2


def test_a_group_has_one_heading_and_another_column_may_head_the_row() -> None:
    columns = [AWARDS.columns[1], replace(AWARDS.columns[0], row_header=True, total=None)]
    rows = [ROWS[0], ROWS[0], ROWS[1]]
    table = Table(
        "Awards", columns, group=lambda row: row.kind, row_id=lambda row: row.note, row_css=lambda _: "is-here"
    )
    html = shown(table, rows)
    assert html.count('<tr class="c-group" role="row"><th scope="colgroup" role="columnheader" colspan="2">') == 2
    assert '<tr role="row" id="Started" class="is-here"><td role="cell" data-label="State">' in html
    assert html.count('<th scope="row"') == 3
    assert "<tfoot" not in html


def test_empty_table_gives_the_reason() -> None:
    html = shown(AWARDS, [])
    assert "<table" not in html
    assert "No award yet</h3><p>Awards &amp; grants.</p>" in html


def test_a_table_knows_its_parameters() -> None:
    assert AWARDS.parameters == ("sort", "page", "format")
    assert Table("Awards", AWARDS.columns).parameters == ()


@pytest.mark.parametrize(("query", "kind"), [("", ""), ("?format=csv", "csv"), ("?format=xlsx", "xlsx")])
def test_a_file_is_asked_for_by_its_format(query: str, kind: str) -> None:
    assert tables.export_format(get(query)) == kind


def test_a_format_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadRequest, match=r".pdf. is not an export format\. Use csv or xlsx\."):
        tables.export_format(get("?format=pdf"))


def test_a_file_has_its_own_columns() -> None:
    response: Any = AWARDS.export("csv", ROWS, "Awards of Ghana")
    assert response["Content-Disposition"] == 'attachment; filename="awards-of-ghana.csv"'
    assert b"".join(response.streaming_content).decode("utf-8-sig") == "Award,USD\r\n<b>Aid</b>,1200\r\nHelp,\r\n"


def test_badge_is_its_text_in_a_file() -> None:
    assert AWARDS.columns[1].cell(ROWS[0]) == "Grants"


def test_links_to_files_keep_the_filters_and_leave_the_page() -> None:
    context = Context({"request": get("?q=a&page=2")})
    html = Template("{% export_links %}|{% export_links 'icons' %}|{% export_links 'buttons' %}").render(context)
    plain, icons, buttons = html.split("|")
    assert plain == '<a href="?q=a&amp;format=csv">CSV</a> · <a href="?q=a&amp;format=xlsx">XLSX</a>'
    assert icons.count("<svg") == buttons.count('class="usa-button usa-button--outline"') == 2


@pytest.mark.django_db
def test_a_queryset_is_ordered_by_the_column() -> None:
    columns: list[Column[Agency]] = [
        Column("Agency", lambda row: row.name, sort="name", order_by=("name",)),
        Column("Closed", lambda row: row.pk, sort="next", order_by=("successor__name", "-name")),
    ]
    table = Table("Agencies", columns, default_sort="name")
    agencies = Agency.objects.all()
    assert table.ordered(get(), agencies).query.order_by[1:] == ("pk",)
    assert list(table.ordered(get(), agencies)) == list(agencies.order_by("name", "pk"))
    assert list(table.ordered(get("?sort=-name"), agencies)) == list(agencies.order_by("-name", "pk"))
    sql = str(table.ordered(get("?sort=-next"), agencies).query)
    assert re.search(r"DESC NULLS LAST, .*name. DESC, .*id. ASC", sql)
    with pytest.raises(BadRequest, match="name, next"):
        table.ordered(get("?sort=password"), agencies)


@pytest.mark.parametrize("asked", ["-", "--name", "Name"])
def test_a_column_without_an_order_is_none_to_sort_by(asked: str) -> None:
    columns: list[Column[Award]] = [
        Column("Agency", lambda row: row.kind, sort="name", order_by=("kind",)),
        Column("Note", lambda row: row.note),
    ]
    table = Table("Awards", columns, default_sort="name")
    with pytest.raises(BadRequest, match="Use one of name"):
        table.sort_key(get(f"?sort={asked}"))
    assert [table.sort_key(get(query)) for query in ("", "?sort=", "?sort=-name")] == ["name", "name", "-name"]


def test_a_heading_reverses_its_order_or_starts_with_its_first_direction() -> None:
    def link(query: str, **options: Any) -> tuple[str, str]:
        found = tables.sort_link(get(query), "score", **options)
        return found.url, found.state

    assert link("?q=a&page=2") == ("?q=a&sort=score", "")
    assert link("", descending_first=True) == ("?sort=-score", "")
    assert link("?sort=score") == ("?sort=-score", "ascending")
    assert link("?sort=-score") == ("?sort=score", "descending")
    assert link("?sort=-score", descending_first=True) == ("?sort=score", "descending")
    assert link("?sort=score", descending_first=True) == ("?sort=-score", "ascending")
    assert link("", default="-score") == ("?sort=score", "descending")
    assert link("?sort=name", default="-score") == ("?sort=score", "")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, ["1*", "2", "…", "1,200", "Next"]),
        (2, ["Previous", "1", "2*", "3", "…", "1,200", "Next"]),
        (600, ["Previous", "1", "…", "599", "600*", "601", "…", "1,200", "Next"]),
        (1200, ["Previous", "1", "…", "1,199", "1,200*"]),
    ],
)
def test_the_bar_of_pages(number: int, shown: list[str]) -> None:
    page = tables.paginate(get(f"?q=a&page={number}"), range(12_000), 10)
    links = tables.page_links(get("?q=a"), page)
    assert [f"{link.label}{'*' * link.current}" for link in links] == shown
    urls = {link.label: link.url for link in links}
    assert urls["1,200"] == "?q=a&page=1200"
    assert urls.get("Next", "?q=a&page=") in ("?q=a&page=", f"?q=a&page={number + 1}")
    assert urls.get("Previous", "") in ("", f"?q=a&page={number - 1}")
