"""Form fields for properties of the model's schema, which gives their kind, limits, pattern, and choices.

    class RuleForm(RowForm):
        part = SchemaPart.of("method", "rules")

        label = part.field("label", "Evidence required")
        within = part.field("within", "Maximum age, in years", "Empty: of any age.")

    RuleForm.part.fill(form, rule)        # shows the rule in the fields
    RuleForm.part.values(form, rule)      # reads the fields back into JSON

A form states order, labels, and help. Each field cleans to the value that the model stores. A property that is shown in
another way has a field made by hand of the same name, whose `clean_` method returns the stored value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from cpc.web.fields import LinesField
from selection.form_parts import text
from selection.model_definition.editing import short
from selection.model_definition.model_json import object_schema

MOST_LINE = 300
"""Most characters of a text that is typed in one line."""

KEY_PATTERN = "Use lowercase letters, digits, and _, starting with a letter."

Choices = Iterable[tuple[Any, Any]]
"""Pairs of value and label, or groups of pairs."""


def plain(value: float | None) -> float | int | None:
    """Return a number as the form shows it.

    A whole number has no decimal point, so that saving an unchanged form changes nothing.
    """
    return int(value) if value is not None and float(value).is_integer() else value


class NumberField(forms.FloatField):
    """A typed number of the model. It rejects infinity and NaN."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        return plain(super().clean(value))

    def shown(self, value: float | None) -> float | int | None:
        """Return a stored value as the field shows it."""
        return plain(value)


class PercentField(NumberField):
    """A share of the model, 0 to 1, shown and typed in percent."""

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else plain(round(percent / 100, 8))

    def shown(self, value: float | None) -> float | int | None:
        return None if value is None else plain(round(100 * value, 6))


@dataclass(frozen=True)
class SchemaPart:
    """The properties of one object of the schema.

    `naming` makes the name of a field from that of a property; in a list, `#` in it becomes the object's number.
    """

    schema: Mapping[str, Any]
    naming: str = "{}"

    @classmethod
    def of(cls, *path: str, naming: str = "{}") -> SchemaPart:
        return cls(object_schema(*path), naming)

    def lines(self, objects: Sequence[Mapping[str, Any]], more: int) -> list[Line]:
        """Return the part of each object of a list, and of `more` further ones, which are empty."""
        rows = [*objects, *({} for _ in range(more))]
        return [(replace(self, naming=self.naming.replace("#", str(index))), row) for index, row in enumerate(rows)]

    def name(self, name: str) -> str:
        return self.naming.format(name)

    def named(self, **fields: forms.Field) -> dict[str, forms.Field]:
        return {self.name(name): field for name, field in fields.items()}

    def field(
        self,
        name: str,
        label: str,
        help_text: str = "",
        *,
        required: bool | None = None,
        choices: Choices | None = None,
        is_percent: bool = False,
        rows: int = 3,
        invalid: str = KEY_PATTERN,
    ) -> forms.Field:
        """Return the field of a property.

        It is required if the schema requires content, or as `required` decides. `choices` label the values of
        an enumeration, or list those of a text that depend on the draft. `invalid` is the error for a text that does
        not match the pattern.
        """
        spec = self.schema["properties"][name]
        common: dict[str, Any] = {"label": label, "help_text": help_text}
        common["required"] = self._needs_content(name) if required is None else required
        if choices is not None:
            return _choice_field(spec, choices, common)
        match _kind(spec):
            case "boolean":
                return forms.BooleanField(**common | {"required": False})
            case "integer":
                widget = forms.TextInput(attrs={"inputmode": "numeric"})
                return forms.IntegerField(**common, **_limits(spec, 1), widget=widget)
            case "number" if is_percent:
                return PercentField(**common, **_limits(spec, 100))
            case "number":
                return NumberField(**common, **_limits(spec, 1))
            case "array":
                return LinesField(**common, widget=forms.Textarea(attrs={"rows": rows}))
        if "pattern" in spec:
            return forms.RegexField(spec["pattern"], strip=True, error_messages={"invalid": invalid}, **common)
        if spec["maxLength"] <= MOST_LINE:
            return forms.CharField(max_length=spec["maxLength"], **common)
        long = text(rows=rows, **common)
        # Not as `max_length`: with its attribute, a browser cuts off pasted text without a word.
        long.validators.append(MaxLengthValidator(spec["maxLength"]))
        return long

    def _needs_content(self, name: str) -> bool:
        spec = self.schema["properties"][name]
        if "enum" in spec:
            return True
        may_be_empty = _kind(spec) == "string" and not spec.get("minLength") and "pattern" not in spec
        return name in self.schema.get("required", ()) and "null" not in spec["type"] and not may_be_empty

    @property
    def defaults(self) -> dict[str, Any]:
        return {name: spec["default"] for name, spec in self.schema["properties"].items() if "default" in spec}

    def fill(self, form: forms.Form, data: Mapping[str, Any]) -> None:
        """Set the initial values of the form's fields to an object of the model."""
        for name, value in {**self.defaults, **data}.items():
            if (field := form.fields.get(self.name(name))) is not None:
                form.initial[self.name(name)] = field.shown(value) if isinstance(field, NumberField) else value

    def values(self, form: forms.Form, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties that have a field, as the model stores them. Call once the form is valid.

        A default that was absent `before` stays absent, so that saving an unchanged form changes nothing.
        """
        names = [name for name in self.schema["properties"] if self.name(name) in form.fields]
        typed = {name: form.cleaned_data[self.name(name)] for name in names}
        stored = {name: self.defaults.get(name) if value is None else value for name, value in typed.items()}
        return short(stored, self.defaults, before)


Line = tuple[SchemaPart, Mapping[str, Any]]
"""The part of one object of a list, whose fields have its number in their names, and the object."""


def _kind(spec: Mapping[str, Any]) -> str:
    """Return the type of a value; a value that may be null has that type beside it."""
    kind = spec.get("type", "string")
    return str(kind if isinstance(kind, str) else kind[0])


def _limits(spec: Mapping[str, Any], scale: int) -> dict[str, Any]:
    limits = {"min_value": spec.get("minimum"), "max_value": spec.get("maximum")}
    # A minimum of 0 is a limit, so compare with None.
    return {name: None if limit is None else plain(round(scale * limit, 6)) for name, limit in limits.items()}


def _choice_field(spec: Mapping[str, Any], choices: Choices, common: Mapping[str, Any]) -> forms.Field:
    if _kind(spec) == "array":
        return forms.MultipleChoiceField(choices=list(choices), widget=forms.CheckboxSelectMultiple, **common)
    values = spec.get("enum", ())
    return forms.TypedChoiceField(
        choices=[pair for pair in choices if not values or pair[0] in values],
        coerce=int if values and isinstance(values[0], int) else str,
        empty_value=None if "null" in spec.get("type", ()) else "",
        **common,
    )


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


# ---- fields made by hand -------------------------------------------------------------------------------------------


def read_lines(text: str, read: Callable[[str], Any], rule: str) -> list[Any]:
    """Return the value that `read` gives for each line, None for an empty one.

    Raise `ValidationError` with `rule` and the lines for which `read` raises `ValueError`.
    """
    values, wrong = [], []
    for index, line in enumerate(text.splitlines(), 1):
        try:
            values.append(read(line) if line.strip() else None)
        except ValueError:
            wrong.append(f"line {index}, “{line.strip()[:60]}”")
    if wrong:
        raise ValidationError(f"{rule} Can't read {'; '.join(wrong)}.")
    return values


def fill_ends(form: forms.Form, names: Sequence[str], ends: Sequence[float] | None) -> None:
    for name, end in zip(names, ends or (None, None), strict=True):
        field = form.fields[name]
        assert isinstance(field, NumberField)
        form.initial[name] = field.shown(end)


def check_ends(form: forms.Form, names: Sequence[str], message: str) -> None:
    """Add an error to the missing end if only one of two is given."""
    empty = [name for name in names if form.cleaned_data.get(name) is None]
    if len(empty) == 1 and not any(name in form.errors for name in names):
        form.add_error(empty[0], message)


def ends_of(form: forms.Form, names: Sequence[str]) -> list[Any] | None:
    """Return both ends, None if they are empty. Call once the form is valid."""
    ends = [form.cleaned_data[name] for name in names]
    return None if None in ends else ends
