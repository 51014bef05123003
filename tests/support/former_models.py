"""Default scoring models of earlier releases, versions 1 and 2 as shipped; their stored runs must still replay."""

from __future__ import annotations

from pathlib import Path

from selection.model_definition.criteria_table import ModelTable, read

FOLDER = Path(__file__).resolve().parent.parent / "selection" / "runs" / "former_models"


def former_model(version: str) -> ModelTable:
    """Return the default model of an earlier release."""
    return read(FOLDER / f"version_{version}.json")
