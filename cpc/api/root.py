"""The root of the REST interface: every resource that the account may read."""

from __future__ import annotations

import copy
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.serializers import example, text_field
from cpc.api.shapes import ALL, EXPAND
from cpc.api.views import Endpoint

EXAMPLE = {
    "resources": [
        {
            "name": "partnerships",
            "url": "/api/v1/partnerships/",
            "subject": "partnerships",
            "summary": "Partnerships",
            "is_list": True,
            "expand": ["awards", "risks"],
        }
    ]
}


class ResourceEntrySerializer(serializers.Serializer[Any]):
    """One resource that the account may read."""

    name = text_field("The operation in the schema.")
    url = text_field("The URL; put the number of a record for `{id}`.")
    subject = text_field("The subject that the reference lists it under.")
    summary = text_field("The title.")
    is_list = serializers.BooleanField(help_text="Whether the URL has pages of records.")
    expand = serializers.ListField(
        child=serializers.CharField(), help_text="The parts that `expand` can add to each record."
    )


@example("The root", EXAMPLE)
class RootSerializer(serializers.Serializer[Any]):
    """All resources that the account may read."""

    resources = ResourceEntrySerializer(many=True)


class Root(Endpoint):
    """The list of all resources, taken from the schema."""

    required_permission = Permission.USE_API

    @extend_schema(
        operation_id="root",
        summary="All resources",
        description="Every resource that the token may read, by subject, with its URL and the parts that it can add.",
        responses=RootSerializer,
        tags=["interface"],
    )
    def get(self, request: Request) -> Response:
        return Response(RootSerializer({"resources": _resources(request)}).data)


_found: dict[frozenset[Permission], list[dict[str, Any]]] = {}
"""Resources by the permissions of a token. The schema differs by nothing else and takes seconds to make."""


def _resources(request: Request) -> list[dict[str, Any]]:
    permissions = frozenset(user_of(request).permissions)
    if permissions not in _found:
        generator: Any = SchemaGenerator
        schema = generator().get_schema(request=copy.copy(request), public=False)
        _found[permissions] = [
            _entry(path, methods["get"]) for path, methods in schema["paths"].items() if "get" in methods
        ]
    return _found[permissions]


def _entry(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    expanded = parameters.get(EXPAND)
    return {
        "name": operation["operationId"],
        "url": path,
        "subject": operation["tags"][0],
        "summary": operation["summary"],
        "is_list": "page_size" in parameters,
        "expand": [name for name in expanded["schema"]["items"]["enum"] if name != ALL] if expanded else [],
    }
