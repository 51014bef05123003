"""Form groups: several forms on one page that are saved together, or not at all.

    class CloseSeveralForm(FormGroup):
        def make_parts(self) -> Iterator[FormPart]:
            for row in self.corrections:
                yield self.part(f"correction{row.pk}", CloseForm, str(row), is_optional=True, record=row)

    class CloseSeveral(PartnershipAction):
        form_class = CloseSeveralForm

        def perform(self, values: Mapping[str, Any]) -> None:
            for part in self.form.filled():
                with self.form.errors_at(part):
                    close_correction(correction=part.record, **part.form.values)
            self.form.refuse_errors()

Each part is an `ActionForm` of its own page, so its labels, help, and error codes are declared once. An optional part
that is left as it was shown is skipped. `errors_at` shows what the service refuses at the fields of that part and goes
on, so that the writer sees every error at once; `refuse_errors` then undoes the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.database.revisions import REVISION
from cpc.web.actions import ActionForm


@dataclass(frozen=True, slots=True)
class FormPart:
    """One form of a group, under a title; `about` describes its record, `section` groups several parts."""

    prefix: str
    form: Any
    title: str = ""
    about: str = ""
    section: str = ""
    record: Any = None

    @property
    def is_filled(self) -> bool:
        """Return whether the part has values to save: it is required, or differs from what the page showed."""
        return not self.form.empty_permitted or self.form.has_changed()


def was_sent(data: Iterable[str], prefix: str) -> bool:
    """Return whether submitted data have a part, so that a record changed by others meanwhile keeps what was typed."""
    return any(name.startswith(f"{prefix}-") for name in data)


class PartsRefused(ValidationError):
    """Errors that are already shown at the fields of their parts."""

    def __init__(self) -> None:
        super().__init__("Correct the errors below.", code="parts")


class FormGroup(ActionForm):
    """A form with parts; its own fields, if any, come first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.parts: Sequence[FormPart] = list(self.make_parts())

    def make_parts(self) -> Iterator[FormPart]:
        """Yield the parts in the order of the page, each made by `part`."""
        raise NotImplementedError

    def part(
        self,
        prefix: str,
        form_class: type[ActionForm],
        title: str = "",
        *,
        about: str = "",
        section: str = "",
        record: Any = None,
        is_optional: bool = False,
        **arguments: Any,
    ) -> FormPart:
        sent: dict[str, Any] = {"data": self.data, "files": self.files} if self.is_bound else {}
        form = form_class(prefix=prefix, empty_permitted=is_optional, **sent, **arguments)
        del form.fields["idempotency_key"]  # that of the group counts
        return FormPart(prefix, form, title, about, section, record)

    def filled(self, start: str = "") -> list[FormPart]:
        """Return the parts to save whose prefix begins like this."""
        return [part for part in self.parts if part.prefix.startswith(start) and part.is_filled]

    def require_one(self, message: str) -> None:
        """Raise `ValidationError` with code `nothing` unless a part is filled in."""
        if not self.filled():
            raise ValidationError(message, code="nothing")

    def named(self, prefix: str) -> FormPart:
        return next(part for part in self.parts if part.prefix == prefix)

    @contextmanager
    def errors_at(self, part: FormPart) -> Iterator[None]:
        """Run a write in a savepoint of its own, and show its errors at the fields of a part."""
        try:
            with transaction.atomic():
                yield
        except ValidationError as error:
            part.form.add_service_errors(error)

    def refuse_errors(self) -> None:
        """Raise `PartsRefused` if a part has an error, so that nothing is saved."""
        if any(part.form.errors for part in self.parts):
            raise PartsRefused

    def is_valid(self) -> bool:
        own = super().is_valid()
        return all([own, *[part.form.is_valid() for part in self.parts]])

    @property
    def has_errors(self) -> bool:
        return super().has_errors or any(part.form.errors for part in self.parts)

    def add_service_errors(self, error: ValidationError) -> None:
        if not isinstance(error, PartsRefused):
            super().add_service_errors(error)

    @property
    def is_revisioned(self) -> bool:
        return super().is_revisioned or any(REVISION in part.form.fields for part in self.parts)

    def show_conflict(self, fresh: ActionForm) -> None:
        super().show_conflict(fresh)
        assert isinstance(fresh, FormGroup)
        now = {part.prefix: part.form for part in fresh.parts}
        for part in self.parts:
            if part.prefix in now and REVISION in part.form.fields:
                part.form.show_conflict(now[part.prefix])
