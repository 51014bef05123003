"""Declaration of a sheet: its kinds of rows, each from an existing row form, and their position on the page.

    class Objectives(RowKind):
        key, noun, plural = "objective", "objective", "objectives"

        def records(self) -> Iterable[Objective]:
            return self.partnership.objectives.filter(withdrawn=False)

        def make_form(self, record: Objective | None, data: FormData | None) -> ActionForm:
            return ObjectiveForm(data, partnership=self.partnership, instance=record)

        def add(self, values: Mapping[str, Any]) -> Objective:
            return services.add_term(term=Objective(partnership=self.partnership, **values), actor=self.actor)

Labels, help, validation, and `error_fields` are those of the form. `refers` names the kind that a choice among records
leads to: such a cell holds the name of a row, which may be new in the same sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django import forms
from django.utils.choices import flatten_choices

from cpc.web.actions import HIDDEN_FIELDS, ActionForm
from cpc.web.fields import AmountField, MoneyField
from cpc.web.formats import day

if TYPE_CHECKING:
    from cpc.web.sheets.rows import SheetRow

Entry = Literal["text", "long", "number", "day", "choice", "reference", "yes_no"]
FormData = Mapping[str, Any]
YES, NO = "Yes", "No"
MOST_NAMED = 10  # choices in the error of a cell
YES_TEXTS, NO_TEXTS = ("yes", "y", "true", "1", "x", "on"), ("no", "n", "false", "0", "off")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a kind of row; `refers_to` is the kind that a reference names."""

    name: str
    label: str
    entry: Entry
    help_text: str = ""
    is_required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    refers_to: str = ""
    most: int | None = None
    synonyms: tuple[tuple[str, str], ...] = ()  # other texts that mean a choice, each with its key

    @property
    def also(self) -> str:
        """Return the synonyms with the labels that they mean, for the script."""
        labels = dict(self.options)
        return "|".join(f"{text}={labels[key]}" for text, key in self.synonyms if key in labels)

    def text(self, value: Any) -> str:
        """Return a stored value as the text of a cell."""
        if value is None or value == "":
            return ""
        if self.entry == "yes_no":
            return YES if value in (True, "on", "True", YES) else NO
        if self.entry == "choice":
            return dict(self.options).get(str(value), str(value))
        if isinstance(value, dt.date):
            return day(value)
        return plain_number(value) if isinstance(value, Decimal) else str(value)

    def value(self, text: str) -> str:
        """Return what the form takes for the text of a cell: the key of a choice, whichever way it was written."""
        if self.entry == "yes_no":
            return "on" if text.casefold() in YES_TEXTS else ""
        if self.entry == "choice":
            known = {other.casefold(): key for other, key in self.synonyms}
            known |= {label.casefold(): key for key, label in self.options}
            return known.get(text.casefold(), text)
        return text

    def misfit(self, text: str) -> str:
        """Return why a text is none of the choices, or ""."""
        if not text or self.entry not in ("choice", "yes_no"):
            return ""
        if self.entry == "yes_no":
            fits = text.casefold() in (*YES_TEXTS, *NO_TEXTS)
        else:
            fits = self.value(text) in dict(self.options)
        labels = [label for _, label in self.options]
        shown = "; ".join(labels if len(labels) <= MOST_NAMED else [*labels[:MOST_NAMED], "…"])
        return "" if fits else f"“{text}” is not one of the choices: {shown}."

    def tidied(self, text: str) -> str:
        """Return the label of the choice that a text means, or the text as it is."""
        return text if not text or self.misfit(text) or self.entry != "choice" else self.text(self.value(text))


def plain_number(value: Decimal) -> str:
    """Return a number as a person types it: commas between thousands, no zeros at the end, cents as two digits."""
    text = f"{value.normalize():,f}"
    return text + "0" if value.as_tuple().exponent == -2 and len(text.partition(".")[2]) == 1 else text


@dataclass(frozen=True, slots=True)
class Slot:
    """The cell of a column in the table: how many of its columns it spans, and its classes on small screens.

    A slot with a `note` instead of a column holds a fixed text, one that is `computed` a text of `RowKind.computed`
    under that heading. A cell that `shows_label` has the label of its column above it, since the heading is about other
    rows.
    """

    column: str = ""
    span: int = 1
    style: str = ""
    note: str = ""
    shows_label: bool = False
    computed: str = ""


class RowKind:
    """Rows of one kind. A subclass reads and writes its records through their form and services.

    `within` is the column that the position in the sheet gives: the nearest row above of the kind it refers to.
    `named_by` is the column with the name of a record: it labels the row, and finds it in a block without keys.
    """

    key: ClassVar[str]
    noun: str = ""
    plural: str = ""
    refers: Mapping[str, str] = {}
    within: str = ""
    defaults: Mapping[str, str] = {}
    slots: Sequence[Slot] = ()
    title_column = ""
    named_by = ""
    adds = removes = True

    # Records, forms, and services ---------------------------------------------------------------

    def records(self) -> Iterable[Any]:
        """Return the records on the sheet, in order."""
        raise NotImplementedError

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        """Return the form of a record, or of a new one, bound to the data if there are any."""
        raise NotImplementedError

    def add(self, values: Mapping[str, Any]) -> Any:
        """Add a record with the values of the form and return it."""
        raise NotImplementedError

    def change(self, record: Any, values: Mapping[str, Any], expected_revision: str) -> Any:
        """Change a record, if it still has the revision that the page showed."""
        raise NotImplementedError

    def remove(self, record: Any) -> None:
        raise NotImplementedError

    def differences(self, record: Any) -> Iterable[tuple[str, str]]:
        """Return the column and the message of what differs in a row that was just added, but may be saved."""
        return ()

    def computed(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        """Return the texts of computed cells by their headings, as far as the cells of a row give them."""
        return {}

    def finish(self) -> None:
        """Write what needs all rows together, such as a total. Raises `ValidationError`, at cells `RefusedCells`."""

    def revision(self, record: Any) -> str:
        return str(record.current_revision())

    def names(self, record: Any) -> Sequence[str]:
        """Return the texts by which other rows name a record, the visible one first."""
        return (str(record),)

    def new_names(self, cells: Mapping[str, str]) -> Sequence[str]:
        """Return the texts by which other rows name a row that isn't saved yet."""
        return (cells.get(self.title_column, ""),)

    def values_of(self, form: ActionForm) -> Mapping[str, Any]:
        """Return the stored value of each column, from the form of a record."""
        return {
            column.name: form.get_initial_for_field(form.fields[column.name], column.name)
            for column in self.columns
            if column.name in form.fields
        }

    def locked(self, record: Any) -> Mapping[str, str]:
        """Return the columns that can't be changed now, with their texts. All of them if the kind takes no changes."""
        return {}

    @property
    def takes_blocks(self) -> bool:
        """Return whether a block or a workbook can have rows of this kind."""
        return self.adds or bool(self.named_by)

    def why_foreign(self, revision: str) -> str:
        """Return why a row that a block brings with this revision belongs to another sheet, or ""."""
        return ""

    def synonyms(self, name: str) -> Mapping[str, str]:
        """Return other texts that mean a choice of a column, each with the key of the choice."""
        return {}

    def opens_details(self, row: SheetRow) -> bool:
        """Return whether the fold below a row is open from the start."""
        return False

    # Columns ------------------------------------------------------------------------------------

    def form(self, record: Any | None, data: FormData | None) -> ActionForm:
        """Return the form without the fields that a sheet has once for all rows."""
        made = self.make_form(record, data)
        for name in HIDDEN_FIELDS & made.fields.keys():
            del made.fields[name]
        return made

    @cached_property
    def columns(self) -> tuple[SheetColumn, ...]:
        fields = self.form(None, None).fields
        return tuple(self._column(name, field) for name, field in fields.items())

    @cached_property
    def by_name(self) -> dict[str, SheetColumn]:
        return {column.name: column for column in self.columns}

    @cached_property
    def in_order(self) -> tuple[SheetColumn, ...]:
        """Return the columns as a file or a pasted block has them: the row above first, then as on the page."""
        names = [self.within, *(slot.column for slot in self.slots)]
        first = [self.by_name[name] for name in dict.fromkeys(names) if name in self.by_name]
        return (*first, *(column for column in self.columns if column not in first))

    def _column(self, name: str, field: forms.Field) -> SheetColumn:
        options: tuple[tuple[str, str], ...] = ()
        entry: Entry = "text"
        if name in self.refers:
            entry = "reference"
        elif isinstance(field, forms.BooleanField):
            entry, options = "yes_no", ((YES, YES), (NO, NO))
        elif isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            pairs: Iterable[tuple[Any, Any]] = flatten_choices(choices)
            entry = "choice"
            options = tuple((str(key), str(label)) for key, label in pairs if key not in ("", None))
        elif isinstance(field, forms.DateField):
            entry = "day"
        elif isinstance(field, AmountField | MoneyField | forms.IntegerField):
            entry = "number"
        elif isinstance(field.widget, forms.Textarea):
            entry = "long"
        most = getattr(field, "max_length", None)
        refers_to = self.refers.get(name, "")
        synonyms = tuple(self.synonyms(name).items()) if entry == "choice" else ()
        return SheetColumn(
            name, str(field.label), entry, str(field.help_text), field.required, options, refers_to, most, synonyms
        )


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One table of a sheet. Kinds that stand within another one share its table, under the row that they belong to.

    `headings` are needed if kinds share a table; each has a label and a class.
    """

    title: str
    kinds: Sequence[RowKind]
    headings: Sequence[tuple[str, str]] = ()
    anchor: str = ""
    note: str = ""
    shows_state: bool = False  # a last column tells which rows fit


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: `key` and `subject` identify its drafts. Kinds are saved in the order of `sections`.

    The records of the kinds `also` are not on the sheet, but its rows can refer to them.
    """

    key: str
    subject: str
    title: str
    sections: Sequence[SheetSection]
    also: Sequence[RowKind] = ()

    @property
    def kinds(self) -> list[RowKind]:
        return [kind for section in self.sections for kind in section.kinds]

    def kind(self, key: str) -> RowKind | None:
        return next((kind for kind in self.kinds if kind.key == key), None)
