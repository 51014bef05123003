"""How a Django form field becomes a USWDS control."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.forms import BaseForm

_CLASSES: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.CheckboxInput, "checkbox", "usa-checkbox__input"),
    (forms.CheckboxSelectMultiple, "checkboxes", "usa-checkbox__input"),  # which is a RadioSelect, too
    (forms.RadioSelect, "radio", "usa-radio__input"),
    (forms.Select, "input", "usa-select"),
    (forms.Textarea, "input", "usa-textarea"),
    (forms.FileInput, "input", "usa-input c-filein"),
    (forms.Widget, "input", "usa-input"),
)


def context(bound: BoundField, hint: Any = "") -> dict[str, Any]:
    """What components/field.html draws: the control with its classes and its ties to hint and error."""
    kind, style = next((kind, style) for widget, kind, style in _CLASSES if isinstance(bound.field.widget, widget))
    hint = hint or bound.help_text  # may be safe HTML: keep its type
    ident = bound.id_for_label or bound.auto_id
    described = [f"{ident}-error"] if bound.errors else []
    described += [f"{ident}-hint"] if hint else []
    attrs: dict[str, Any] = {"class": f"{style} usa-input--error" if bound.errors and kind == "input" else style}
    attrs["placeholder"] = False  # a placeholder vanishes when it is needed; the label stays
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


def problems(form: BaseForm) -> list[tuple[str, str]]:
    """Every error of a form as (id of the control or "", words), the ones without a field first."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for bound in form.visible_fields():
        found += [(bound.id_for_label or bound.auto_id, _said(bound, error)) for error in bound.errors]
    for bound in form.hidden_fields():
        found += [("", _said(bound, error)) for error in bound.errors]
    return found


def _said(bound: BoundField, error: object) -> str:
    """The label and what is wrong; a label that asks a question needs no colon."""
    return f"{bound.label}{' ' if str(bound.label).endswith('?') else ': '}{error}"
