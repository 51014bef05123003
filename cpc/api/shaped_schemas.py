"""Schemas of shaped answers: records with only some of their fields, and with their expanded parts."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from cpc.api.shapes import ALL, EXPAND, FIELDS, PARTS

Schema = dict[str, Any]
IN_PART = "InPart"
"""End of the name of a component that is a record with only the fields that `fields` names."""
EXPANDED = "x-expanded"
"""Mark of the field with the expanded parts, whose fields the reference does not repeat."""
JSON = "application/json"


def describe(result: Schema) -> None:
    """Change the response of each operation that shapes records, and add the components that it needs."""
    components = result["components"]["schemas"]
    for path, operation in _shaped(result):
        holder, key = _record(operation["responses"]["200"]["content"][JSON], components)
        if "anyOf" in holder[key]:  # pages that another operation shares
            continue
        name = holder[key]["$ref"].rpartition("/")[2]
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        if EXPAND in parameters:
            known = parameters[EXPAND]["schema"]["items"]["enum"]
            components[name]["properties"][PARTS] = _parts(result, path, [part for part in known if part != ALL])
        components[f"{name}{IN_PART}"] = _in_part(components[name])
        if key == "items":
            holder.setdefault("description", "The records of this page.")
        holder[key] = {"anyOf": [_ref(name), _ref(f"{name}{IN_PART}")]}


def _shaped(result: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in result["paths"].items():
        operation = methods.get("get")
        if operation and any(parameter["name"] == FIELDS for parameter in operation["parameters"]):
            yield path, operation


def _record(content: Schema, components: Schema) -> tuple[Schema, str]:
    """Return where the schema of a record is: in the response itself, or in its pages."""
    name = content["schema"]["$ref"].rpartition("/")[2]
    rows = components[name]["properties"].get("results")
    return (rows, "items") if rows and name.startswith("Paginated") else (content, "schema")


def _in_part(component: Schema) -> Schema:
    made = {key: value for key, value in copy.deepcopy(component).items() if key != "required"}
    return made | {"description": "Only the fields that `fields` names.", "additionalProperties": False}


def _parts(result: Schema, path: str, names: list[str]) -> Schema:
    parent = path if path.endswith("{id}/") else f"{path}{{id}}/"
    made = {}
    for name in names:
        content = result["paths"][f"{parent}{name}/"]["get"]["responses"]["200"]["content"][JSON]
        holder, key = _record(content, result["components"]["schemas"])
        schema = holder[key]["anyOf"][0] if "anyOf" in holder[key] else holder[key]
        made[name] = {"type": "array", "items": schema} if key == "items" else schema
    note = "The parts that `expand` names, in full."
    return {"type": "object", "description": note, EXPANDED: True, "properties": made}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
