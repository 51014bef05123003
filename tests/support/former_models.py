"""Default scoring models of earlier releases as shipped; their stored runs must still replay.

Versions 1 and 2 are here for the tests alone. Version 3 is still published on a new database, as superseded.
"""

from __future__ import annotations

from pathlib import Path

from selection.model_definition.criteria_table import ModelTable, read
from selection.reference_data import FORMER_MODELS

FOLDER = Path(__file__).resolve().parent.parent / "selection" / "runs" / "former_models"


def former_model(version: str) -> ModelTable:
    """Return the default model of an earlier release."""
    shipped = {path.stem.rpartition("_")[2]: path for path in FORMER_MODELS}
    return read(shipped.get(version, FOLDER / f"version_{version}.json"))
