"""The kinds of notification and their words. Apps register theirs; nothing else ever reaches an inbox or a mail.

A mail leaves the product. A kind therefore says only what its fields are: short names of things, days and counts.
What people wrote (notes, reasons, positions) is read behind the sign-in, where the link leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from cpc.registry import Registry

FIELDS: Mapping[str, str] = {
    "what": "a thing by its title",
    "action": "what is asked, as a verb phrase",
    "who": "an account or an office by its name",
    "agency": "an agency by its name",
    "role": "a role by its name",
    "country": "a country by its name",
    "countries": "countries by their names, or how many",
    "round": "a selection round by its title",
    "due": "the day by which something is asked, or when it happens",
    "days": "a number of days",
    "count": "a number of things",
    "reference": "a number or code by which a thing is known",
}
"""What a text may name. None of them holds what somebody wrote."""

LONGEST_VALUE = 160
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Message:
    """Subject and text as the recipient reads them."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `subject` and `text` name fields of `FIELDS` in braces; `example` holds a value for each of them.

    A kind with `urgent` is mailed to whoever asked for no mail, too. `label` is the plural that a reader chooses by.
    """

    key: str
    label: str
    subject: str
    text: str
    example: Mapping[str, str] = field(hash=False)
    urgent: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """The fields that subject and text name."""
        return frozenset(_named(self.subject) | _named(self.text))

    def message(self, values: Mapping[str, object]) -> Message:
        """The words with `values`, each on one line; `ValueError` names a field that is missing, unknown or long."""
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
    """Add a kind; `ValueError` where its text names what no mail may hold, or its example does not fit it."""
    beyond = sorted(kind.fields - set(FIELDS))
    if beyond:
        raise ValueError(f"{kind.key} names {', '.join(beyond)}; a text may name {', '.join(FIELDS)}.")
    kind.message(kind.example)
    return kinds.add(kind)


def all_kinds() -> list[Kind]:
    """Every kind, by its label."""
    return kinds.sorted(lambda kind: kind.label)


def named(key: str) -> Kind:
    """The kind of this key; `LookupError` that says so where nobody registered it."""
    for kind in all_kinds():
        if kind.key == key:
            return kind
    raise LookupError(f"No kind of notification is called {key!r}; register it in `AppConfig.ready`.")
