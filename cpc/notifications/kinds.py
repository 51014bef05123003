"""Kinds of notification and their texts.

Apps register their kinds; only these are shown in an inbox or an email. An email leaves the product, so a kind contains
only its fields: short names, days, and counts. Notes, reasons, and positions that people wrote are readable only after
sign-in, at the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from cpc.registry import Registry

FIELDS: Mapping[str, str] = {
    "what": "an object's title",
    "action": "the requested action, as a verb phrase",
    "who": "the name of an account or office",
    "agency": "the name of an agency",
    "role": "the name of a role",
    "country": "the name of a country",
    "countries": "the names of countries, or how many",
    "round": "the title of a selection round",
    "due": "the due date, or the date of an event",
    "days": "a number of days",
    "count": "a count",
    "reference": "an object's number or code",
}
"""Fields that a text may name. None of them contains free text that a person wrote."""

LONGEST_VALUE = 160
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notification. `subject` and `text` name fields of `FIELDS` in braces.

    `example` has a value for each. A kind with `urgent` is also emailed to people who chose no email. `label` is the
    plural shown as a choice.
    """

    key: str
    label: str
    subject: str
    text: str
    example: Mapping[str, str] = field(hash=False)
    urgent: bool = False

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(_named(self.subject) | _named(self.text))

    def message(self, values: Mapping[str, object]) -> Message:
        """Return the message filled with `values`.

        Raises `ValueError` for a missing, unknown, or too long field.
        """
        if set(values) != self.fields:
            wrong = ", ".join(sorted(set(values) ^ self.fields))
            raise ValueError(f"{self.key}: values and text differ in {wrong}.")
        plain = {name: " ".join(str(value).split()) for name, value in values.items()}
        for name, value in plain.items():
            if not value or len(value) > LONGEST_VALUE:
                raise ValueError(f"{self.key}: {name} has {len(value)} characters; give 1 to {LONGEST_VALUE}.")
        subject = self.subject.format_map(plain)
        if len(subject) > LONGEST_SUBJECT:
            raise ValueError(f"{self.key}: the subject has {len(subject)} characters; {LONGEST_SUBJECT} fit.")
        return Message(subject, self.text.format_map(plain))


def _named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


kinds: Registry[Kind] = Registry(key=lambda kind: kind.key)


def register(kind: Kind) -> Kind:
    """Register a kind; raise `ValueError` if its text has an unknown field or its example does not fit."""
    beyond = sorted(kind.fields - set(FIELDS))
    if beyond:
        raise ValueError(f"{kind.key} uses {', '.join(beyond)}; a text can use {', '.join(FIELDS)}.")
    kind.message(kind.example)
    return kinds.add(kind)


def all_kinds() -> list[Kind]:
    return kinds.sorted(lambda kind: kind.label)


def find_kind(key: str) -> Kind:
    """Return the kind of this key; raise `LookupError` if it is not registered."""
    for kind in all_kinds():
        if kind.key == key:
            return kind
    raise LookupError(f"No kind of notification is called {key!r}; register it in `AppConfig.ready`.")
