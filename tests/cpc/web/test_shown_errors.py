"""Errors and findings that people read have days and dollars as pages print them; programs read those of the rule."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from cpc.web.actions import ActionForm
from cpc.web.fields import problems

RULE = "On 2026-01-02, USD 5.00 is too much; “until 2026-01-02” was said."
SHOWN = "On Jan 2, 2026, $5.00 is too much; “until 2026-01-02” was said."


class AmountForm(ActionForm):
    error_fields = {"too_much": "amount"}
    amount = forms.CharField()


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (ValidationError(RULE, code="too_much"), "amount"),
        (ValidationError({"amount": ValidationError(RULE, code="other")}), "amount"),
        (ValidationError(RULE, code="other"), "__all__"),
    ],
)
def test_an_error_of_a_service_is_shown_as_pages_print_it(error: ValidationError, field: str) -> None:
    form = AmountForm({"amount": "5"})
    form.add_service_errors(error)
    assert form.errors[field] == [SHOWN]
    assert any(problem.message.endswith(SHOWN) for problem in problems(form))
    assert SHOWN in str(form.errors[field])
    # The codes and the sentences of the service stay for programs.
    assert [one.messages for one in form.errors.as_data()[field]] == [[RULE]]


def test_templates_print_findings_as_pages_print_days_and_dollars() -> None:
    printed = re.compile(r"\bfinding\.message\b(?!\|as_shown)")
    templates = settings.BASE_DIR / "templates"
    assert [path for path in templates.rglob("*.html") if printed.search(path.read_text())] == []
