"""Errors as problem documents (RFC 9457): type, title, status, detail, instance, and one entry a wrong field."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"


def _errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    """Field errors of any depth as a flat list of field, code and message."""
    if isinstance(detail, dict):
        return [e for k, v in detail.items() for e in _errors(v, f"{prefix}.{k}" if prefix else str(k))]
    if isinstance(detail, list):
        return [e for item in detail for e in _errors(item, prefix)]
    return [{"field": prefix, "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, with the body of a problem document."""
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here, or this account may not see it.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    request = context["request"]
    body: dict[str, Any] = {
        "type": f"/api/problems/#{error.default_code}",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "detail": str(error.detail) if not isinstance(error.detail, dict | list) else "The request is not valid.",
        "instance": request.get_full_path(),
        "request_id": getattr(request, "request_id", ""),
    }
    if isinstance(error.detail, dict | list):
        body["errors"] = _errors(error.detail)
    response.data = body
    response.content_type = MEDIA_TYPE
    return response
