"""Form fields from the model's schema: kind, limits, choices, and the way to JSON and back."""

from __future__ import annotations

from dataclasses import fields as columns
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from cpc.web.fields import LinesField
from selection.form_parts import LongText
from selection.model_definition.model_json import object_schema
from selection.model_versions.forms.criteria import ABSENT, DIRECTIONS, FUNCTION_FIELDS, KINDS, PERIODS, TIES
from selection.model_versions.forms.method import MEANS
from selection.model_versions.forms.rows import OPERATORS
from selection.model_versions.forms.schema_fields import (
    NumberField,
    PercentField,
    SchemaPart,
    check_ends,
    ends_of,
    read_lines,
)
from selection.scoring.method import Estimate, EvidenceRule, Groups, Method, Series, Transitions

RULES = SchemaPart.of("method", "rules")
ESTIMATE = SchemaPart.of("criteria", "estimate")
GOALPOSTS = SchemaPart.of("criteria", "function", "goalposts", naming="f_{}")


def limits(field: forms.Field) -> tuple[Any, ...]:
    return tuple(getattr(field, name, None) for name in ("min_value", "max_value", "max_length"))


@pytest.mark.parametrize(
    ("part", "name", "kind", "expected", "is_required"),
    [
        (RULES, "label", forms.CharField, (None, None, 200), True),
        (RULES, "key", forms.RegexField, (None, None, None), True),
        (RULES, "least", forms.IntegerField, (1, 50, None), False),
        (RULES, "within", forms.IntegerField, (0, 200, None), False),
        (RULES, "reason", LongText, (None, None, None), False),
        (ESTIMATE, "fresh", forms.IntegerField, (0, 100, None), False),
        (ESTIMATE, "measurement", NumberField, (0, 1000, None), False),
        (ESTIMATE, "trend", NumberField, (-10, 10, None), False),
        (ESTIMATE, "published_error", forms.BooleanField, (None, None, None), False),
        (SchemaPart.of("criteria"), "weight", NumberField, (0, 1_000_000, None), True),
        (SchemaPart.of("criteria"), "factor", forms.CharField, (None, None, 120), True),
        (SchemaPart.of("criteria"), "series", forms.CharField, (None, None, 120), False),
        (SchemaPart.of("criteria"), "max_age", NumberField, (0, 200, None), False),
        (SchemaPart.of("hurdles", "expression", "predicate"), "labels", LinesField, (None, None, None), False),
    ],
)
def test_a_field_has_the_kind_and_limits_of_its_property(
    part: SchemaPart, name: str, kind: type[forms.Field], expected: tuple[Any, ...], is_required: bool
) -> None:
    field = part.field(name, "A label", "Some help.")
    assert (type(field), limits(field), field.required) == (kind, expected, is_required)
    assert (field.label, field.help_text) == ("A label", "Some help.")


def test_a_minimum_of_zero_is_a_limit() -> None:
    field = ESTIMATE.field("fresh", "Age")
    assert field.clean("0") == 0
    for text, message in (("-1", "greater than or equal to 0"), ("101", "less than or equal to 100")):
        with pytest.raises(ValidationError, match=message):
            field.clean(text)


@pytest.mark.parametrize(
    ("field", "typed", "stored", "shown"),
    [
        (NumberField(), "5.0", 5, 5),
        (NumberField(), "0.35", 0.35, 0.35),
        (NumberField(required=False), "", None, None),
        (PercentField(), "33", 0.33, 33),
        (PercentField(), "12.5", 0.125, 12.5),
        (PercentField(), "100", 1, 100),
        (PercentField(required=False), "", None, None),
    ],
)
def test_number_is_stored_as_json_and_redisplayed_as_typed(
    field: NumberField, typed: str, stored: float | None, shown: float | None
) -> None:
    value = field.clean(typed)
    assert (value, type(value)) == (stored, type(stored))
    assert field.shown(value) == shown


def test_percent_limits_are_those_of_the_share() -> None:
    assert limits(SchemaPart.of().field("rho", "Spread", is_percent=True))[:2] == (0.1, 99)
    assert limits(SchemaPart.of("method", "groups").field("out", "Out", is_percent=True))[:2] == (0, 100)


def test_a_long_text_is_limited_without_an_attribute_that_cuts_it() -> None:
    field = RULES.field("reason", "Reason")
    assert field.clean("x" * 2000 + "\r\n") == "x" * 2000
    with pytest.raises(ValidationError, match="at most 2000"):
        field.clean("x" * 2001)
    assert "maxlength" not in field.widget.attrs


def test_a_key_must_match_the_pattern() -> None:
    field = SchemaPart.of("method").field("region", "Grouping")
    assert field.clean("world_region") == "world_region"
    with pytest.raises(ValidationError, match="Use lowercase letters"):
        field.clean("World region")


class RuleForm(forms.Form):
    label = RULES.field("label", "Label")
    least = RULES.field("least", "Least")
    within = RULES.field("within", "Within")
    reason = RULES.field("reason", "Reason")


def values(before: dict[str, Any], **typed: str) -> dict[str, Any]:
    form = RuleForm({"label": "Literacy", **typed})
    assert form.is_valid(), form.errors
    return RULES.values(form, before)


def test_a_default_stays_absent_if_it_was_absent() -> None:
    assert values({}) == {"label": "Literacy"}
    assert values({}, least="1", within="", reason="") == {"label": "Literacy"}
    assert values({}, least="2", within="0") == {"label": "Literacy", "least": 2, "within": 0}
    assert values({"least": 3, "within": 5}) == {"label": "Literacy", "least": 1, "within": None}


def test_an_object_fills_the_fields_and_defaults_fill_the_rest() -> None:
    form = RuleForm()
    RULES.fill(form, {"label": "Literacy", "within": 15, "criteria": ["literacy"]})
    assert form.initial == {"label": "Literacy", "least": 1, "within": 15, "reason": ""}


def test_names_of_fields_tell_lines_apart() -> None:
    series = SchemaPart.of("criteria", "estimate", "series", naming="s#_{}")
    lines = series.lines([{"key": "own"}], 2)
    assert [(part.name("key"), row) for part, row in lines] == [
        ("s0_key", {"key": "own"}),
        ("s1_key", {}),
        ("s2_key", {}),
    ]
    assert list(lines[1][0].named(label=forms.CharField())) == ["s1_label"]


def test_choices_are_those_of_the_enumeration_and_keep_their_type() -> None:
    field = GOALPOSTS.field("direction", "Direction", choices=(*DIRECTIONS, (0, "Neither")))
    assert isinstance(field, forms.TypedChoiceField)
    choices: Any = field.choices
    assert (list(choices), field.clean("-1")) == (list(DIRECTIONS), -1)
    median = SchemaPart.of("criteria", "function", "threshold").field("peer_median", "Median", choices=[("", "No")])
    assert median.clean("") is None


@pytest.mark.parametrize(
    ("path", "name", "choices"),
    [
        (("criteria",), "absent", ABSENT),
        (("criteria",), "period", dict(PERIODS)),
        (("criteria", "function", "percentile"), "ties", dict(TIES)),
        (("criteria", "function", "percentile"), "direction", dict(DIRECTIONS)),
        (("hurdles", "expression", "predicate"), "operator", dict(OPERATORS)),
        ((), "aggregation", dict(MEANS)),
    ],
)
def test_every_value_of_an_enumeration_has_a_label(path: tuple[str, ...], name: str, choices: dict[Any, str]) -> None:
    assert set(object_schema(*path)["properties"][name]["enum"]) == set(choices)


def test_every_kind_of_function_has_its_fields() -> None:
    by_hand = {"kind", "pool", "table", "knots"}
    assert FUNCTION_FIELDS.keys() == KINDS.keys()
    for kind, labels in FUNCTION_FIELDS.items():
        assert set(labels) == object_schema("criteria", "function", kind)["properties"].keys() - by_hand, kind


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        (("criteria", "estimate"), Estimate()),
        (("criteria", "estimate", "series"), Series("a", "A", "x")),
        (("criteria", "estimate", "transitions"), Transitions((), ())),
        (("method",), Method()),
        (("method", "groups"), Groups()),
        (("method", "rules"), EvidenceRule("E1", "A", "B", ())),
    ],
)
def test_defaults_of_the_schema_are_those_of_the_engine(path: tuple[str, ...], owner: Any) -> None:
    def plain(value: Any) -> Any:
        return [plain(item) for item in value] if isinstance(value, tuple) else value

    engine = {column.name: plain(getattr(owner, column.name)) for column in columns(owner)}
    defaults = {name: value for name, value in SchemaPart(object_schema(*path)).defaults.items() if name != "reason"}
    assert defaults == {name: engine[name] for name in defaults}


# ---- fields made by hand -------------------------------------------------------------------------------------------


def test_lines_are_read_and_those_that_cannot_be_are_named() -> None:
    assert read_lines("1\n\n 2.5 \n", float, "Write numbers.") == [1, None, 2.5]
    with pytest.raises(ValidationError) as refused:
        read_lines("1\nsix\n" + "y" * 70, float, "Write numbers.")
    assert refused.value.messages == [f"Write numbers. Can't read line 2, “six”; line 3, “{'y' * 60}”."]


class EndsForm(forms.Form):
    low = NumberField(required=False)
    high = NumberField(required=False)


@pytest.mark.parametrize(
    ("typed", "wrong", "ends"),
    [
        ({"low": "0", "high": "5"}, None, [0, 5]),
        ({}, None, None),
        ({"low": "0"}, "high", None),
        ({"high": "5"}, "low", None),
    ],
)
def test_ends_are_both_given_or_neither(typed: dict[str, str], wrong: str | None, ends: list[int] | None) -> None:
    form = EndsForm(typed)
    assert form.is_valid()
    check_ends(form, ("low", "high"), "Enter both.")
    assert list(form.errors) == ([wrong] if wrong else [])
    if not wrong:
        assert ends_of(form, ("low", "high")) == ends
