"""Reference of the REST interface as plain data for a page, built from its OpenAPI schema.

The schema is the only source: the page shows exactly what the schema describes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.text import slugify
from drf_spectacular.generators import SchemaGenerator

from cpc.api import problems
from cpc.api.shaped_schemas import EXPANDED
from cpc.grouping import grouped

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


def build(request: HttpRequest) -> dict[str, Any]:
    """Return the groups of operations that this account may use, the components that they name, and the problems."""
    request.auth = None  # type: ignore[attr-defined]  # the generator expects a request of the REST framework
    generator: Any = SchemaGenerator
    return _read(generator().get_schema(request=request, public=False))


@cache
def build_public() -> dict[str, Any]:
    """Return the reference of all operations, which is the same for every visitor and built once per process."""
    return _read(public_schema())


@cache
def public_schema() -> Schema:
    """Return the schema of all operations. It comes from the code alone, so it names no data and never changes."""
    generator: Any = SchemaGenerator
    schema: Schema = generator().get_schema(request=None, public=True)
    return schema


def _read(schema: Schema) -> dict[str, Any]:
    reader = _Reader(schema)
    operations = [
        reader.operation(path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    components = dict.fromkeys(row[part] for row in operations for part in ("body", "component") if row[part])
    return {
        "groups": _endpoint_groups(operations),
        "components": [reader.component(key) for key in components],
        "problems": problems.TYPES,
    }


def _endpoint_groups(operations: Sequence[Schema]) -> list[dict[str, Any]]:
    """Group the operations by subject, in the order in which the subjects appear in the schema."""
    return [
        {"key": f"of-{slugify(title)}", "title": title[:1].upper() + title[1:], "operations": members}
        for title, members in grouped(operations, lambda operation: str(operation["group"])).items()
    ]


def _whole(schema: Schema) -> Schema:
    """Return the schema of a whole record where the answer can also have only some of its fields."""
    return schema["anyOf"][0] if "anyOf" in schema else schema


class _Reader:
    def __init__(self, schema: Schema) -> None:
        self.components: Schema = schema["components"]["schemas"]
        self.examples: dict[str, Any] = {}

    def operation(self, path: str, method: str, operation: Schema) -> dict[str, Any]:
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
        return {
            "key": operation["operationId"],
            "group": operation["tags"][0],
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": parameters,
            "component": self.response_component(operation),
            "body": self.body_component(operation),
        }

    def body_component(self, operation: Schema) -> str:
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
        if content["schema"].get("format") == "binary":
            return ""
        name = self.target(_whole(content["schema"]))
        rows = self.components[name]["properties"].get("results")
        if rows and name.startswith("Paginated"):
            return self.target(_whole(rows["items"]))
        for example in content.get("examples", {}).values():
            self.examples[name] = example["value"]
        return name

    def component(self, key: str) -> dict[str, Any]:
        schema = self.components[key]
        example = self.examples.get(key)
        return {
            "key": key,
            "description": schema.get("description", ""),
            "fields": self.fields(schema),
            "example": json.dumps(example, indent=2, ensure_ascii=False) if example else "",
        }

    def fields(self, schema: Schema, prefix: str = "") -> list[Field]:
        attributes = []
        for name, raw in schema["properties"].items():
            inner = self.resolve(raw)
            of = self.resolve(inner["items"]) if inner.get("type") == "array" else inner
            nested = "properties" in of and EXPANDED not in of
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
