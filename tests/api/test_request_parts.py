"""Parts of requests and answers without a view: times, pages, unknown parameters, ETags, and errors."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError as Refusal
from django.test import RequestFactory
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from cpc.api import problems
from cpc.api.conditional import PreconditionFailed, PreconditionRequired, etag_of, is_held, require_match
from cpc.api.filters import moment_with_zone, refuse_unknown, with_its_plus
from cpc.api.pagination import Pages, _whole_number
from cpc.findings import Finding, Severity
from cpc.validation import validation_error


def get(query: str = "", **headers: str) -> Request:
    return Request(RequestFactory().get(f"/x/?{query}", headers=headers))


def faults(call: Any) -> dict[str, list[str]]:
    try:
        call()
    except ValidationError as error:
        detail: Any = error.detail
        return {name: [str(text) for text in texts] for name, texts in detail.items()}
    return {}


@pytest.mark.parametrize(
    ("query", "size", "fault"),
    [
        ("", 100, ""),
        ("page_size=1", 1, ""),
        ("page_size=1000", 1000, ""),
        ("page_size=1001", None, "“1001” is not a whole number from 1 to 1,000."),
        ("page_size=0", None, "“0” is not a whole number from 1 to 1,000."),
        ("page_size=-1", None, "“-1” is not a whole number from 1 to 1,000."),
        ("page_size=1.5", None, "“1.5” is not a whole number from 1 to 1,000."),
        ("page_size=%D9%A3", None, "“٣” is not a whole number from 1 to 1,000."),
    ],
)
def test_the_size_of_a_page(query: str, size: int | None, fault: str) -> None:
    if fault:
        assert faults(lambda: Pages().get_page_size(get(query))) == {"page_size": [fault]}
    else:
        assert Pages().get_page_size(get(query)) == size


@pytest.mark.parametrize(
    ("number", "fault"),
    [("1", ""), ("999999999", ""), ("0", "of 1 or more"), ("1234567890", "of 1 or more"), ("last", "of 1 or more")],
)
def test_the_number_of_a_page(number: str, fault: str) -> None:
    found = faults(lambda: _whole_number(get(f"page={number}"), "page", None))
    assert found == ({"page": [f"“{number}” is not a whole number {fault}."]} if fault else {})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a=1&b=2&b=3", {}),
        ("c=1", {"c": ["Unknown parameter. Valid parameters: a, b."]}),
        ("a=1&a=2", {"a": ["Send this parameter only once."]}),
        ("b=", {"b": ["Send a value, or omit the parameter."]}),
        ("b=1&b=", {"b": ["Send a value, or omit the parameter."]}),
        ("a=", {}),
        ("a=&c=", {"c": ["Unknown parameter. Valid parameters: a, b."]}),
    ],
)
def test_parameters_that_are_unknown_repeated_or_empty(query: str, found: dict[str, list[str]]) -> None:
    assert faults(lambda: refuse_unknown(get(query), {"b", "a"}, repeatable={"b"}, may_be_empty={"a"})) == found


UTC_15 = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T15:00:00Z", UTC_15),
        ("2026-11-20T17:00+02:00", UTC_15),
        ("2026-11-20T17:00 02:00", UTC_15),
        ("2026-11-20 17:00:00.000 0200", UTC_15),
        ("2026-11-20T15:00:00", None),
        ("2026-11-20", None),
        ("2026-02-30T15:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("soon", None),
    ],
)
def test_a_time_has_an_offset(text: str, moment: dt.datetime | None) -> None:
    assert moment_with_zone(text) == moment


def test_only_a_space_before_an_offset_was_a_plus() -> None:
    assert with_its_plus("2026-11-20T17:00 02") == "2026-11-20T17:00+02"
    assert with_its_plus("2026-11-20 17:00") == "2026-11-20 17:00"


# ---- ETags ---------------------------------------------------------------------------------------------------------

ETAG = etag_of(b"x")


@pytest.mark.parametrize(
    ("header", "held"),
    [("", False), (ETAG, True), (f"W/{ETAG}", True), (f'"other", {ETAG}', True), ('"other"', False), ("*", False)],
)
def test_a_client_that_names_the_etag_has_the_answer(header: str, held: bool) -> None:
    assert is_held(get(**{"If-None-Match": header}), ETAG) is held


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, PreconditionRequired),
        ("", PreconditionFailed),
        (ETAG, None),
        (f'"other", {ETAG}', None),
        ("*", None),
        (f"W/{ETAG}", PreconditionFailed),
        ('"other"', PreconditionFailed),
    ],
)
def test_a_change_names_the_data_that_it_changes(header: str | None, error: type[Exception] | None) -> None:
    request = get(**({} if header is None else {"If-Match": header}))
    if error is None:
        require_match(request, ETAG)
        return
    with pytest.raises(error):
        require_match(request, ETAG)


# ---- errors --------------------------------------------------------------------------------------------------------


def test_errors_of_any_depth_are_one_list() -> None:
    detail = {
        "rows": [{"amount": [ErrorDetail("Too much.", "limit")]}, {"day": ["No day."]}],
        "name": [ErrorDetail("Blank.", "blank"), ErrorDetail("Short.", "short")],
    }
    found = problems._errors(detail)
    assert [(error["field"], error["code"], error["message"]) for error in found] == [
        ("rows.amount", "limit", "Too much."),
        ("rows.day", "invalid", "No day."),
        ("name", "blank", "Blank."),
        ("name", "short", "Short."),
    ]


@pytest.mark.parametrize(
    ("errors", "detail"),
    [
        ([{"field": "", "message": "It is closed."}], "It is closed."),
        ([{"field": "day", "message": "No day."}], "day: No day."),
        ([{"field": "a", "message": "x"}, {"field": "b", "message": "y"}], "The request has 2 errors; see errors."),
    ],
)
def test_the_detail_of_a_problem(errors: list[dict[str, str]], detail: str) -> None:
    assert problems._detail(errors) == detail


def test_error_has_its_code_and_a_limit_its_amounts() -> None:
    over = Finding("over", Severity.ERROR, "100% over.", "amount", "22 U.S.C.", limit="10", would_be="20")
    assert problems._refusals(validation_error([over, Finding.error("closed", "It is closed.")])) == [
        {
            "field": "amount",
            "code": "over",
            "message": "100% over.",
            "limit": "10",
            "would_be": "20",
            "citation": "22 U.S.C.",
        },
        {"field": "", "code": "closed", "message": "It is closed."},
    ]
    assert problems._refusals(Refusal("No.")) == [{"field": "", "code": "invalid", "message": "No."}]
