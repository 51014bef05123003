"""Fields for amounts and lists, the field of a model column, and the USWDS control of each Django form field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.forms.utils import ErrorList
from django.utils.text import capfirst

from cpc.amounts import HOW_TO_WRITE, HOW_TO_WRITE_NUMBER, read_amount

CHOOSE = "Choose"
NONE = "None"

_CLASSES: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.CheckboxInput, "checkbox", "usa-checkbox__input"),
    (forms.CheckboxSelectMultiple, "checkboxes", "usa-checkbox__input"),  # which is a RadioSelect, too
    (forms.RadioSelect, "radio", "usa-radio__input"),
    (forms.Select, "input", "usa-select"),
    (forms.Textarea, "input", "usa-textarea"),
    (forms.FileInput, "input", "usa-input c-filein"),
    (forms.Widget, "input", "usa-input"),
)


class AmountField(forms.DecimalField):
    """A field that accepts a number with commas between thousands, and with `takes_symbol` a dollar sign."""

    def __init__(self, *, takes_symbol: bool = False, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)
        self.takes_symbol = takes_symbol

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare numbers, so that a saved amount shown as text is the same amount."""
        return super().has_changed(self.to_python(initial), data)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs declare an integer
        """Return the typed text as a number.

        Raises `ValidationError` with code `amount` if it is ambiguous or no number.
        """
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        decimal_places = self.decimal_places if self.decimal_places is not None else 2
        amount = read_amount(value, decimal_places=decimal_places, takes_symbol=self.takes_symbol)
        if amount is None:
            what, how = ("amount", HOW_TO_WRITE) if self.takes_symbol else ("number", HOW_TO_WRITE_NUMBER)
            raise ValidationError(f"“{value.strip()}” is not a clear {what}. {how}", code="amount")
        return amount


class MoneyField(AmountField):
    """A field for an amount of money: $3,000,000, 2,000,000.00, and 2000000 are all valid."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("takes_symbol", True)
        super().__init__(**options)


def is_money(column: models.Field[Any, Any]) -> bool:
    """Return whether a column is an amount of money: exact to the cent, and large."""
    return isinstance(column, models.DecimalField) and column.decimal_places == 2 and column.max_digits >= 14


class LinesField(forms.CharField):
    """A field for a list of short texts, one per line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


def form_field_for(column: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    """Return the form field of a model column: the one way from a column to its widget.

    A model form names it as `Meta.formfield_callback`. Texts have three lines, numbers are typed as people write them,
    lists are boxes to tick or lines, and nothing is chosen for the writer.
    """
    if isinstance(column, ArrayField):
        return _list_field(column, options)
    if isinstance(column, models.TextField):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    elif isinstance(column, models.URLField):
        options.setdefault("assume_scheme", "https")
    elif isinstance(column, models.DecimalField):
        options.setdefault("form_class", MoneyField if is_money(column) else AmountField)
    field = column.formfield(**options)
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = CHOOSE if field.required else NONE
    elif isinstance(field, forms.TypedChoiceField):
        choices: list[tuple[Any, Any]] = list(field.choices)  # type: ignore[arg-type]  # no column here has groups
        field.choices = [(value, CHOOSE if value in ("", None) else label) for value, label in choices]
    return field


def _list_field(column: ArrayField[Any, Any], options: dict[str, Any]) -> forms.Field:
    more: dict[str, Any] = {"label": capfirst(column.verbose_name), "required": not column.blank}
    more |= {name: options[name] for name in ("label", "help_text") if name in options}
    if choices := column.base_field.flatchoices:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **more)
    return LinesField(widget=forms.Textarea(attrs={"rows": 3}), **{"help_text": "One per line."} | more)


def context(bound: BoundField, hint: Any = "") -> dict[str, Any]:
    """Return the context of components/field.html: the control, its classes, and the ids of its hint and error."""
    kind, style = next((kind, style) for widget, kind, style in _CLASSES if isinstance(bound.field.widget, widget))
    hint = hint or bound.help_text  # may be safe HTML, so its type must not change
    ident = bound.id_for_label or bound.auto_id
    described = [f"{ident}-error"] if bound.errors else []
    described += [f"{ident}-hint"] if hint else []
    attrs: dict[str, Any] = {"class": f"{style} usa-input--error" if bound.errors and kind == "input" else style}
    attrs["placeholder"] = False  # a placeholder disappears when the user types; the label stays
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    drawn: dict[str, Any] = {"field": bound, "kind": kind, "hint": hint, "ident": ident}
    if kind not in ("radio", "checkboxes"):
        return drawn | {"control": bound.as_widget(attrs=attrs)}
    for choice in bound.subwidgets:
        choice.data["attrs"].update(attrs)
    return drawn | {"choices": bound.subwidgets}


class Problem(NamedTuple):
    """One error of a form: the id of its control or "", its text, and its code."""

    control: str
    message: str
    code: str


def problems(form: BaseForm) -> list[Problem]:
    """Return every error of a form, the ones without a field first."""
    listed = [Problem("", text, code) for text, code in _with_codes(form.non_field_errors())]
    for bound in form.visible_fields():
        control = bound.id_for_label or bound.auto_id
        listed += [Problem(control, _message(bound, text), code) for text, code in _with_codes(bound.errors)]
    for bound in form.hidden_fields():
        listed += [Problem("", _message(bound, text), code) for text, code in _with_codes(bound.errors)]
    for part in getattr(form, "parts", ()):  # cpc.web.form_groups
        of_part = problems(part.form)
        listed += [problem._replace(message=f"{part.title}: {problem.message}") for problem in of_part]
    return listed


def _with_codes(errors: ErrorList) -> list[tuple[str, str]]:
    return [(str(text), leaf.code or "") for text, leaf in zip(errors, errors.as_data(), strict=True)]


def _message(bound: BoundField, error: object) -> str:
    """Return the label and the error; a label that is a question needs no colon."""
    return f"{bound.label}{' ' if str(bound.label).endswith('?') else ': '}{error}"
