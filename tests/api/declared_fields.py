"""Fields of the components that resources declare, as `declared_fields.txt` lists them.

Run `python -m tests.api.declared_fields` to rewrite the file. A field that may be null ends in a question mark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("declared_fields.txt")


def all_components() -> dict[str, Any]:
    """Return the components of the whole schema that are objects."""
    from drf_spectacular.generators import SchemaGenerator

    schema_generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    described: dict[str, Any] = schema_generator.get_schema(public=True)["components"]["schemas"]
    return {name: component for name, component in described.items() if "properties" in component}


def declared_components() -> list[str]:
    """Return the names of the components that follow from the fields of a resource."""
    from django.urls import get_resolver

    from cpc.api.resources import RESOURCES

    _ = get_resolver().url_patterns  # loads every declaration
    return sorted(resource.component for resource in RESOURCES if resource.serializer is None)


def fields_of(component: dict[str, Any]) -> str:
    fields = component["properties"].items()
    return " ".join(f"{field}?" if is_optional_null(value) else field for field, value in fields)


def is_optional_null(field: dict[str, Any]) -> bool:
    return bool(field.get("nullable")) or any("NullEnum" in option["$ref"] for option in field.get("oneOf", ()))


def read_declared() -> dict[str, str]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def main() -> None:
    import django

    django.setup()
    components = all_components()
    lines = [f"{name}: {fields_of(components[name])}\n" for name in declared_components()]
    FILE.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
