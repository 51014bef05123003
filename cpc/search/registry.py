"""Declarations of what search finds, which apps register in `AppConfig.ready`.

A risk of a partnership, with the columns in which it is found, and the page that shows it::

    subjects.add(Subject("partnership", "Partnership", "Partnerships", "handshake", describe_partnerships, order=20))
    find(
        Findable(
            "risk",
            Risk,
            subject="partnership",
            about="r.partnership_id",
            text=("text", "mitigation", "closing_note"),
            label="'Risk'",
            many="risks",
            permission=Permission.VIEW_PARTNERSHIPS,
            url=lambda row: reverse("partnership-outlook", args=[row.subject]),
        )
    )

Expressions are SQL over the row `r`. What they read of other tables must never change, because only a change of the row
itself writes its passage again. What may change, such as a withdrawal, is a condition of `rows`, which every search
reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.registry import Registry


@dataclass(frozen=True, slots=True)
class Description:
    """Title and page of a subject, and one `line` below the title. Without `url`, the title is no link."""

    title: str
    url: str
    line: str = ""


Describe = Callable[[Collection[int], User], Mapping[int, Description]]
"""Function that describes subjects by key, in a fixed number of queries, as far as the account may see them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Kind of subject by which results are grouped and filtered; `key` is its name in addresses."""

    key: str
    one: str
    many: str
    icon: str
    describe: Describe
    order: int = 100


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """The keys of a passage, for its link; `subject_url` is the page of its subject."""

    record: int
    subject: int
    source: int
    subject_url: str


def page_of_subject(row: FoundPassage) -> str:
    return row.subject_url


@dataclass(frozen=True, slots=True)
class Findable:
    """Kind of record that search finds.

    `title` and `text` name columns, `more_title` and `more_text` are SQL for what is no column. `label` and `detail`
    are SQL for what the text is, `many` is a plural for sentences, and `about` the key of the subject.

    `rows(user)` returns what an account with the `permission` may see, None for all: the records, or with
    `rows_by="source"` what they are parts of. Without `permission`, `rows` alone decides. A record for which `where` is
    false has no passage. `watch` names further columns that the expressions read and that may change.

    Over REST, an account or token without any of the permissions `rest_needs` does not find it, since its text can name
    what is withheld there.

    `inserts_only` is for large tables whose rows never change in these columns: PostgreSQL then checks the condition
    `when` on the new row before it calls the trigger.
    """

    kind: str
    model: type[Model]
    subject: str
    about: str
    label: str
    many: str
    permission: Permission | None
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    more_title: str = "NULL"
    more_text: str = "NULL"
    source: str = "r.id"
    detail: str = "''"
    country: str = "NULL"
    year: str = "NULL"
    author: str = "NULL"
    is_sample: str = "FALSE"
    where: str = "TRUE"
    watch: tuple[str, ...] = ()
    inserts_only: bool = False
    when: str = ""
    rows: Callable[[User], QuerySet[Any]] | None = None
    rows_by: str = "record"
    rest_needs: tuple[Permission, ...] = ()
    url: Callable[[FoundPassage], str] = field(default=page_of_subject)


@dataclass(frozen=True, slots=True)
class Region:
    """Regions by which results can be narrowed: all names, and the keys of the countries of one."""

    names: Callable[[], Collection[str]]
    countries: Callable[[str], QuerySet[Any]]


subjects: Registry[Subject] = Registry(key=lambda subject: subject.key)
findables: Registry[Findable] = Registry(key=lambda findable: findable.kind)
regions: Registry[Region] = Registry(key=lambda _: "region")
