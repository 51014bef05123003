"""Parts of a partnership over REST: each list below it, declared once.

    RISKS = part(
        "risks",
        "risk",
        Risk,
        title="Risks",
        description="The risks to the partnership, by the day of their next review.",
        fields="id text likelihood impact owner review_on state",
        order=("review_on", "pk"),
    )

The list is at `/api/v1/partnerships/<id>/risks/`, and `expand=risks` adds it to the partnership itself. Which rows are
below a partnership follows from `partnerships.models.sealing.OWNERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.db import models
from django.db.models import F, QuerySet

from cpc.accounts.models import User
from cpc.api.resources import Resource, ResourceRows
from cpc.api.views import Rows
from partnerships.api_base.endpoints import PK, TAGS, VIEW, PartnershipList
from partnerships.models import Partnership
from partnerships.models.sealing import OWN, owner_of


class Below(Protocol):
    """Something below each partnership that `expand` adds to it, by the name in its URL."""

    @property
    def name(self) -> str: ...

    def below(self, keys: Sequence[int], user: User) -> Mapping[int, Any]: ...


@dataclass(frozen=True, kw_only=True)
class PartResource(Resource[Any]):
    """Rows below each partnership."""

    rows_class: ClassVar[type[Rows[Any]]]

    @property
    def path(self) -> str:
        """The path from a row to its partnership, as in a query."""
        return path_to_partnership(self.model)

    def below(self, keys: Sequence[int], user: User) -> Mapping[int, list[Any]]:
        """Return the rows below each of some partnerships, as the list of each shows them, in one query."""
        rows = self.visible_to(user).filter(**{f"{self.path}__in": keys}).annotate(of_partnership=F(self.path))
        serializer = self.serializer_class()
        found: dict[int, list[Any]] = {}
        if self.from_instances:
            for row in rows:
                found.setdefault(row.of_partnership, []).append(serializer.to_representation(row))
            return found
        for key, *values in rows.values_list("of_partnership", *self.serializer_class.columns()):
            found.setdefault(key, []).append(serializer.to_representation(tuple(values)))
        return found


class PartRows(ResourceRows, PartnershipList[Any]):
    resource: ClassVar[PartResource]

    def visible_rows(self) -> QuerySet[Any]:
        return super().visible_rows().filter(**{self.resource.path: self.partnership()})


PartResource.rows_class = PartRows

PARTS: dict[str, Below] = {}
"""The parts of a partnership by the name that `expand` takes."""

STEP_NOTES = {"name": "The step.", "source": "The state before.", "target": "The state after."}
"""Descriptions of the fields of a step of a state machine."""


def part(name: str, noun: str, model: type[models.Model], **options: Any) -> PartResource:
    """Declare a part of a partnership; `options` are those of a `Resource`."""
    assert name not in PARTS, name
    shared = {
        "prefix": "partnership_",
        "url_prefix": "partnership-",
        "permission": VIEW,
        "tag": TAGS[0],
        "route": f"<int:id>/{name}/",
        "parameters": [PK],
    }
    made = PartResource(name=name, noun=noun, model=model, **{**shared, **options})
    PARTS[name] = made
    return made


def path_to_partnership(model: type[models.Model]) -> str:
    """Return the path from a row of a model to its partnership, such as `award__partnership`."""
    owner = owner_of(model)
    if owner == OWN:
        return OWN
    parent = model._meta.get_field(owner).related_model
    assert isinstance(parent, type)
    return f"{owner}__{path_to_partnership(parent)}"


@dataclass(frozen=True, slots=True)
class PartDocument:
    """One object below each partnership; `represent` returns it as its own URL does."""

    name: str
    represent: Callable[[Partnership], Mapping[str, Any]]

    def below(self, keys: Sequence[int], user: User) -> Mapping[int, Any]:  # as `PartResource`
        rows = Partnership.objects.filter(pk__in=keys).select_related("country", "limit_policy")
        return {row.pk: self.represent(row) for row in rows}


def document_part(name: str, represent: Callable[[Partnership], Mapping[str, Any]]) -> None:
    """Let `expand` add the object at `/api/v1/partnerships/<id>/<name>/` to partnerships."""
    assert name not in PARTS, name
    PARTS[name] = PartDocument(name, represent)
