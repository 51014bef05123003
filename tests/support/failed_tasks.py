"""Failed tasks of the demonstration: one that a later run may settle, and one whose cause a person removes."""

from __future__ import annotations

from typing import Any

from django.apps import apps

PASSING, LASTING = "notifications.send_digests", "indicators.read_import"


def made_failed_tasks() -> tuple[int, ...]:
    """Store both, and return their keys."""
    rows = apps.get_model("site", "FailedTask").objects  # a world imports no module of pages
    arguments: tuple[dict[str, Any], ...] = ({"args": [], "kwargs": {}}, {"args": [], "kwargs": {"batch_id": 1}})
    return tuple(
        rows.create(name=name, arguments=given, fingerprint=f"{number}" * 64, run=f"run-{number}", error=error).pk
        for number, (name, given, error) in enumerate(
            zip((PASSING, LASTING), arguments, ("SMTPException", "ValueError"), strict=True)
        )
    )
