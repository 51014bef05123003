"""Bill of materials, and reports of audits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import dependencies
from tests.dependencies import NoAdvisories, npm_findings, python_findings

SOUND: dict[str, Any] = {"name": "sound", "version": "1", "vulns": []}
HOLED: dict[str, Any] = {
    "name": "holed",
    "version": "2",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


def test_bill_of_materials_lists_what_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "FOLDER", tmp_path)
    python, npm = (json.loads(path.read_text()) for path in dependencies.write_sbom())
    locked = set(re.findall(r"(?m)^([a-z0-9-]+)==", (dependencies.ROOT / dependencies.LOCK).read_text()))
    assert {component["name"].lower() for component in python["components"]} == locked
    assert {component["name"] for component in npm["components"]} >= {"@uswds/uswds", "world-atlas"}
    assert python["bomFormat"] == npm["bomFormat"] == "CycloneDX"
    assert all(component.get("purl") for component in python["components"] + npm["components"])


def test_vulnerable_packages_are_named() -> None:
    report = {"dependencies": [SOUND, HOLED, {"name": "unknown", "skip_reason": "not found"}]}
    assert python_findings(report) == [
        "holed 2: PYSEC-1, mended in 2.1",
        "holed 2: PYSEC-2, mended in no version",
    ]
    assert npm_findings({"vulnerabilities": {"holed": {"severity": "high"}}}) == ["holed: high"]


def test_absent_advisories_are_not_a_clean_report() -> None:
    with pytest.raises(NoAdvisories):
        python_findings({"dependencies": [{"name": "unknown", "skip_reason": "not found"}]})
    with pytest.raises(NoAdvisories):
        npm_findings({"error": {"code": "ENOTFOUND"}})
