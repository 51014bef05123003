"""Resources of the REST interface that only read: one declaration gives everything.

    RISKS = Resource(
        name="risks",
        noun="risk",
        model=Risk,
        title="Risks",
        description="The risks to a partnership, by the day of their next review.",
        fields="id text likelihood impact owner owner_name=owner.name review_on state",
        notes={"text": "The risk.", "owner_name": "The office that owns it."},
        order=("review_on", "pk"),
        filters="state owner",
        permission=Permission.VIEW_PARTNERSHIPS,
        tag="partnerships",
    )
    urlpatterns = [*RISKS.urls()]

This declares the list and the object with their URLs, filters, `fields`, CSV, schema, and example-free reference. A
field is a column, or `name=path` for a column of a related row. Its type and its choices are those of the model. Its
description is its note, else the common one, else the help text or the name of the column. A foreign key is the number
of the row it leads to.

A subclass sets `rows_class` to a view that narrows the rows to those of a parent: see `partnerships.api_base.parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django_filters import rest_framework as django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.row_serializers import AnyField, MissingReasons, RowSerializer
from cpc.api.views import Rows

Row = TypeVar("Row", bound=models.Model)

COMMON_NOTES = {
    "id": "The number.",
    "actual_end": "The day on which it ended.",
    "actual_start": "The day on which it began.",
    "at": "When it was recorded.",
    "by": "The person who recorded it.",
    "completed_on": "The day on which it was completed.",
    "decided_at": "When it was decided.",
    "due_on": "The due day.",
    "ended_on": "The day on which it actually ended.",
    "ends_on": "The last day.",
    "fiscal_year": "The U.S. fiscal year.",
    "number": "The number within its parent.",
    "planned_end": "The planned last day.",
    "planned_on": "The planned day.",
    "planned_start": "The planned first day.",
    "recorded_at": "When it was recorded.",
    "recorded_by": "The person who recorded it; null if the system did.",
    "replaces": "The number of the row that this one replaces.",
    "review_on": "The day of the next review.",
    "starts_on": "The first day.",
    "state": "The state; only steps change it.",
    "title": "The title.",
    "withdrawn": "Whether it was withdrawn. A withdrawn row stays on record.",
}
"""Descriptions of fields that mean the same in every resource."""

COMMON_REASONS = {
    "actual_end": "not_yet",
    "actual_start": "not_yet",
    "award": "not_applicable",
    "amendment": "not_applicable",
    "closed_on": "not_yet",
    "completed_on": "not_yet",
    "decided_at": "not_yet",
    "decided_by": "not_yet",
    "document": "not_recorded",
    "done_on": "not_yet",
    "ended_on": "not_yet",
    "held_from": "not_yet",
    "held_until": "not_yet",
    "recorded_by": "not_applicable",
    "replaces": "not_applicable",
}
"""Reasons for nulls that are the same in every resource; others are "not set"."""

GUIDANCE = "Aggregates only"
"""Beginning of a help text that guides whoever fills in a form, and describes nothing."""


RESOURCES: list[Resource[Any]] = []
"""Every resource that is declared, in no particular order."""


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[Row]):
    """A read-only list of records and each record, as the docstring of this module shows.

    `name` is the last part of the list's URL, `noun` the name of one record; the prefixes tell apart operations and URL
    names of the same name. `rows` returns the rows that an account may see; without it, all. `maybe_null` names the
    fields that a view may withhold although the column has no nulls. `serializer` is a hand-written representation
    instead of `fields`. With `from_instances`, it reads instances, which computed values of related rows need.
    """

    name: str
    noun: str
    model: type[Row]
    title: str
    description: str
    permission: Permission
    tag: str
    fields: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    order: Sequence[str] = ("pk",)
    filters: str = ""
    maybe_null: str = ""
    serializer: type[RowSerializer[Any]] | None = None
    from_instances: bool = False
    rows: Callable[[User], QuerySet[Any]] | None = None
    prefix: str = ""
    url_prefix: str = ""
    route: str = ""
    key_parameter: str = "row"
    parameters: Sequence[OpenApiParameter] = ()
    has_own_urls: bool = False
    """True if single records are at URLs of their own, which `urls` leaves out."""

    rows_class: ClassVar[type[Rows[Any]]]

    def __post_init__(self) -> None:
        RESOURCES.append(self)

    @property
    def component(self) -> str:
        """The name of a record in the schema."""
        return self.serializer_class.__name__.removesuffix("Serializer")

    @property
    def list_id(self) -> str:
        """The operation ID of the list, and the end of the name of its URL."""
        return f"{self.prefix}{self.name}".replace("-", "_")

    @property
    def object_id(self) -> str:
        """The operation ID of one record."""
        return f"{self.prefix}{self.noun}".replace("-", "_").replace(" ", "_")

    @property
    def url_name(self) -> str:
        return f"{self.url_prefix}{self.name}"

    @property
    def object_url_name(self) -> str:
        return f"{self.url_prefix}one-{self.noun}".replace(" ", "-")

    @cached_property
    def serializer_class(self) -> type[RowSerializer[Any]]:
        return self.serializer or _serializer(self)

    @cached_property
    def filterset_class(self) -> type[django_filters.FilterSet] | None:
        return _filterset(self) if self.filters else None

    def visible_to(self, user: User) -> QuerySet[Any]:
        """Return the rows that an account may see, in the order of the list."""
        rows = self.rows(user) if self.rows else self.model._default_manager.all()
        return rows.order_by(*self.order)

    def readable(self, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
        """Return rows as the serializer reads them: as tuples, or as instances."""
        return rows if self.from_instances else self.serializer_class.tuples(rows)

    @cached_property
    def view(self) -> type[Rows[Any]]:
        """The view class of a resource that only reads."""
        name = _camel(self.object_id)
        return type(f"{name}Rows", (self.rows_class,), {"__doc__": self.description, "resource": self})

    def described(self) -> dict[str, Any]:
        """Return the descriptions of the two operations."""
        key = OpenApiParameter(
            self.key_parameter, int, OpenApiParameter.PATH, description=f"The number of the {self.noun}."
        )
        shared: dict[str, Any] = {"responses": self.serializer_class, "tags": [self.tag]}
        return {
            "list": extend_schema(
                operation_id=self.list_id,
                summary=self.title,
                description=self.description,
                parameters=[*self.parameters],
                **shared,
            ),
            "retrieve": extend_schema(
                operation_id=self.object_id,
                summary=f"One {self.noun}",
                description=f"One row of {self.title.lower()}.",
                parameters=[*self.parameters, key],
                **shared,
            ),
        }

    def urls(self, view: type[Rows[Any]] | None = None) -> Iterator[URLPattern]:
        """Yield the URLs of the list and of one record; `view` is a class of its own that also takes POST."""
        made = view or self.view
        route = self.route or f"{self.name}/"
        yield path(route, made.listing(), name=self.url_name)
        if not self.has_own_urls:
            yield path(f"{route}<int:{self.key_parameter}>/", made.single(), name=self.object_url_name)


class ResourceRows(Rows[Any]):
    """View of the rows of a resource that the account may see.

    A subclass with a `resource` gets everything else from it, unless it declares that itself.
    """

    resource: ClassVar[Resource[Any]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "resource" not in cls.__dict__:
            return
        resource = cls.resource
        declared = {
            "queryset": resource.model._default_manager.none(),
            "serializer_class": resource.serializer_class,
            "filterset_class": resource.filterset_class,
            "required_permission": resource.permission,
            "lookup_url_kwarg": resource.key_parameter,
        }
        for name, value in declared.items():
            if name not in cls.__dict__:
                setattr(cls, name, value)
        extend_schema_view(**resource.described())(cls)

    def visible_rows(self) -> QuerySet[Any]:
        return self.resource.visible_to(user_of(self.request))

    def get_queryset(self) -> QuerySet[Any, Any]:
        return self.resource.readable(self.visible_rows())


Resource.rows_class = ResourceRows


def _sources(resource: Resource[Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of each field with the path of its column."""
    for declared in resource.fields.split():
        name, _, source = declared.partition("=")
        yield name, (source or name).replace(".", "__")


def _serializer(resource: Resource[Any]) -> type[RowSerializer[Any]]:
    attributes: dict[str, Any] = {
        "__doc__": f"One row of {resource.title.lower()}.",
        "__module__": __name__,
    }
    for name, source in _sources(resource):
        attributes[name] = _field(resource, name, source)
    attributes["missing_reasons"] = COMMON_REASONS | dict(resource.reasons)
    attributes["missing"] = MissingReasons()
    return type(f"{_camel(resource.object_id)}Serializer", (RowSerializer,), attributes)


def _camel(name: str) -> str:
    return name.replace("_", " ").title().replace(" ", "")


def _column(model: type[models.Model], source: str) -> tuple[models.Field[Any, Any], bool]:
    """Return the column at a path, and whether the path can lead to no row."""
    nullable = False
    *relations, last = source.split("__")
    for relation in relations:
        link = model._meta.get_field(relation)
        nullable = nullable or bool(getattr(link, "null", True))
        assert isinstance(link.related_model, type), source
        model = link.related_model
    column = model._meta.get_field(last)
    assert isinstance(column, models.Field), source
    return column, nullable or column.null


def _field(resource: Resource[Any], name: str, source: str) -> AnyField:
    column, nullable = _column(resource.model, source)
    options: dict[str, Any] = {
        "help_text": _note(resource, name, column),
        "allow_null": nullable or name in resource.maybe_null.split(),
    }
    if isinstance(column, models.ForeignKey):
        source = f"{source}_id"
        column = column.target_field
    if source != name:
        options["source"] = source.replace("__", ".")
    return _typed(column, options)


def _note(resource: Resource[Any], name: str, column: models.Field[Any, Any]) -> str:
    note = resource.notes.get(name) or COMMON_NOTES.get(name)
    if note:
        return note
    if isinstance(column, models.ForeignKey):
        return f"The number of the {column.related_model._meta.verbose_name}."
    help_text = str(column.help_text)
    return help_text if help_text and GUIDANCE not in help_text else f"The {column.verbose_name}."


SIMPLE: Sequence[tuple[type[models.Field[Any, Any]], type[AnyField]]] = (
    (models.BooleanField, serializers.BooleanField),
    (models.DateTimeField, serializers.DateTimeField),
    (models.DateField, serializers.DateField),
    (models.IntegerField, serializers.IntegerField),
    (models.FloatField, serializers.FloatField),
    (models.JSONField, serializers.JSONField),
)
"""Kinds of columns with the fields that represent them, the narrower kind first. Any other is a text."""


def _typed(column: models.Field[Any, Any], options: dict[str, Any]) -> AnyField:
    """Return the field for the values of a column."""
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, allow_blank=column.blank, **options)
    if isinstance(column, models.DecimalField):
        return serializers.DecimalField(max_digits=column.max_digits, decimal_places=column.decimal_places, **options)
    if isinstance(column, ArrayField):
        return serializers.ListField(child=_typed(column.base_field, {}), **options)
    for kind, made in SIMPLE:
        if isinstance(column, kind):
            return made(**options)
    return serializers.CharField(**options)


def _filterset(resource: Resource[Any]) -> type[django_filters.FilterSet]:
    sources = dict(_sources(resource))
    items = {name: _filter(resource, name, sources.get(name, name)) for name in resource.filters.split()}
    return type(f"{resource.object_id}Filter", (django_filters.FilterSet,), items)


def _filter(resource: Resource[Any], name: str, source: str) -> Any:
    """Return the filter by the values of a column: one or more of its choices, or one number."""
    column, _ = _column(resource.model, source)
    note = _note(resource, name, column)
    if column.choices:
        values = [value for value, _label in column.flatchoices if value != ""]
        listed = ", ".join(map(str, values))
        made = django_filters.MultipleChoiceFilter(
            field_name=source,
            choices=[(value, value) for value in values],
            distinct=False,
            help_text=note,
            error_messages={"invalid_choice": f"“%(value)s” is not valid. Valid values: {listed}."},
        )
    else:
        number = {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY, "description": note}
        made = django_filters.NumberFilter(
            field_name=source, min_value=1, max_value=LARGEST_KEY, decimal_places=0, help_text=note
        )
        extend_schema_field(number)(made)
    return made


LARGEST_KEY = 999_999_999
"""The largest number that a filter by a key takes, as `cpc.parameters.whole_number` does."""
