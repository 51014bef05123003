"""Reference of the REST interface as plain data for a page, built from its OpenAPI schema.

The schema is the only source: the page shows exactly what the schema describes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.text import slugify
from drf_spectacular.generators import SchemaGenerator

from cpc.api import problems

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of an answer.

    The name of a nested field has dots: country.code.
    """

    name: str
    type: str
    description: str
    values: tuple[str, ...] = ()
    location: str = ""
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    key: str
    group: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    component: str
    body: str


@dataclass(frozen=True, slots=True)
class EndpointGroup:
    """Operations on one subject. `key` is its anchor on the page."""

    key: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Component:
    key: str
    description: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole REST interface, limited to the operations that an account may use."""

    groups: tuple[EndpointGroup, ...]
    components: tuple[Component, ...]
    problems: Mapping[str, problems.ProblemType]


def build(request: HttpRequest) -> Reference:
    request.auth = None  # type: ignore[attr-defined]  # the generator expects a request of the REST framework
    generator: Any = SchemaGenerator
    schema = generator().get_schema(request=request, public=False)
    reader = _Reader(schema)
    operations = tuple(
        reader.operation(path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )
    components = dict.fromkeys(key for operation in operations for key in (operation.body, operation.component) if key)
    return Reference(_grouped(operations), tuple(reader.component(key) for key in components), problems.TYPES)


def _grouped(operations: Sequence[Operation]) -> tuple[EndpointGroup, ...]:
    """Group the operations by subject, in the order in which the subjects appear in the schema."""
    groups: dict[str, list[Operation]] = {}
    for operation in operations:
        groups.setdefault(operation.group, []).append(operation)
    return tuple(
        EndpointGroup(f"of-{slugify(title)}", title[:1].upper() + title[1:], tuple(members))
        for title, members in groups.items()
    )


class _Reader:
    def __init__(self, schema: Schema) -> None:
        self.components: Schema = schema["components"]["schemas"]
        self.examples: dict[str, Any] = {}

    def operation(self, path: str, method: str, operation: Schema) -> Operation:
        parameters = [
            Field(
                name=item["name"],
                type=self.type_name(item["schema"]),
                description=item.get("description", ""),
                values=self.values(item["schema"].get("items", item["schema"])),
                location=item["in"],
                repeatable=item["schema"].get("type") == "array",
            )
            for item in operation["parameters"]
        ]
        order = {"path": 0, "query": 1, "header": 2}
        parameters.sort(key=lambda field: (order[field.location], field.name))
        return Operation(
            key=operation["operationId"],
            group=operation["tags"][0],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            description=operation.get("description", ""),
            parameters=tuple(parameters),
            component=self.response_component(operation),
            body=self.body_component(operation),
        )

    def body_component(self, operation: Schema) -> str:
        """Return the name of the request body's component; empty if the operation has no body."""
        if "requestBody" not in operation:
            return ""
        content = next(iter(operation["requestBody"]["content"].values()))
        name = self.target(content["schema"])
        for example in content.get("examples", {}).values():
            self.examples[name] = example["value"]
        return name

    def response_component(self, operation: Schema) -> str:
        """Return the name of the response's component; for a page, the component of its rows."""
        status = next(status for status in ("200", "201") if status in operation["responses"])
        content = next(iter(operation["responses"][status]["content"].values()))
        name = self.target(content["schema"])
        rows = self.components[name]["properties"].get("results")
        if rows:
            return self.target(rows["items"])
        for example in content.get("examples", {}).values():
            self.examples[name] = example["value"]
        return name

    def component(self, key: str) -> Component:
        schema = self.components[key]
        example = self.examples.get(key)
        return Component(
            key=key,
            description=schema.get("description", ""),
            fields=tuple(self.fields(schema)),
            example=json.dumps(example, indent=2, ensure_ascii=False) if example else "",
        )

    def fields(self, schema: Schema, prefix: str = "") -> list[Field]:
        attributes = []
        for name, raw in schema["properties"].items():
            inner = self.resolve(raw)
            of = self.resolve(inner["items"]) if inner.get("type") == "array" else inner
            nested = "properties" in of
            description = raw.get("description") or inner.get("description", "")
            attributes.append(Field(f"{prefix}{name}", self.type_name(raw), description, self.values(of)))
            if nested:
                attributes += self.fields(of, f"{prefix}{name}.")
        return attributes

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema itself, following references and unwrapping one that is combined with null."""
        if "$ref" in schema:
            return self.resolve(self.components[self.target(schema)])
        for word in ("allOf", "oneOf", "anyOf"):
            if word in schema:
                return self.resolve(schema[word][0])
        return schema

    @staticmethod
    def target(schema: Schema) -> str:
        return str(schema["$ref"]).rpartition("/")[2]

    def type_name(self, schema: Schema) -> str:
        if "oneOf" in schema:
            ones = [option for option in schema["oneOf"] if self.resolve(option).get("enum") != [""]]
            names = [
                "null" if self.resolve(option).get("enum") == [None] else self.type_name(option) for option in ones
            ]
            return " or ".join(dict.fromkeys(names))
        inner = self.resolve(schema)
        name = str(inner.get("format") or inner.get("type", "object"))
        name = {"double": "number", "int64": "integer", "uri": "address"}.get(name, name)
        if name == "array":
            return f"list of {self.type_name(inner['items'])}s"
        return f"{name} or null" if schema.get("nullable") or inner.get("nullable") else name

    def values(self, schema: Schema) -> tuple[str, ...]:
        return tuple(str(value) for value in self.resolve(schema).get("enum", ()) if value is not None)
