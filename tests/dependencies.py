"""Bill of materials and audit of what the product depends on.

    python -m tests.dependencies sbom     # .cpc/sbom/python.cdx.json and npm.cdx.json, in CycloneDX
    python -m tests.dependencies audit    # known vulnerabilities; fails if there are any

The audit asks the advisories of PyPI and npm. Where a network reaches neither, it gives the reason and passes, unless
`AUDIT_REQUIRED=1`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from cpc.web.vendor_uswds import find_npm

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cpc" / "sbom"
LOCK = "requirements.lock"
SECONDS = 300


class NoAdvisories(Exception):
    """The advisories could not be reached."""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    _, environment = find_npm()
    bin_folder = Path(sys.executable).parent
    environment["PATH"] = f"{bin_folder}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def write_sbom() -> list[Path]:
    """Write the components of what production runs, and return the files. Raises `CalledProcessError`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    python, npm = FOLDER / "python.cdx.json", FOLDER / "npm.cdx.json"
    run("cyclonedx-py", "requirements", LOCK, "--output-reproducible", "-o", str(python)).check_returncode()
    listed = run("npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev")
    listed.check_returncode()
    npm.write_text(listed.stdout, encoding="utf-8")
    return [python, npm]


def python_findings(report: dict[str, Any]) -> list[str]:
    """Return the vulnerable packages of a report of pip-audit. Raises `NoAdvisories` if it could audit none."""
    audited = [row for row in report["dependencies"] if "skip_reason" not in row]
    if not audited:
        raise NoAdvisories("PyPI's advisories can't be reached")
    return [
        f"{row['name']} {row['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}"
        for row in audited
        for found in row["vulns"]
    ]


def npm_findings(report: dict[str, Any]) -> list[str]:
    """Return the vulnerable packages of a report of npm. Raises `NoAdvisories` if it has none."""
    if "vulnerabilities" not in report:
        raise NoAdvisories("npm's advisories can't be reached")
    return [f"{name}: {row['severity']}" for name, row in report["vulnerabilities"].items()]


def report_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise NoAdvisories((done.stderr.strip().splitlines() or ["no answer"])[-1]) from None
    return report


def audit_python() -> list[str]:
    options = ("--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json")
    return python_findings(report_of(run("pip-audit", "-r", LOCK, *options)))


def audit_npm() -> list[str]:
    return npm_findings(report_of(run("npm", "audit", "--package-lock-only", "--json")))


def audit() -> int:
    """Print what is known of the packages, and return the status of the process."""
    findings: list[str] = []
    missing: list[str] = []
    for read in (audit_python, audit_npm):
        try:
            findings += read()
        except (NoAdvisories, subprocess.TimeoutExpired) as error:
            missing.append(str(error))
    for line in findings:
        print(line)
    for reason in missing:
        print(f"Not audited: {reason}.")
    print(f"{len(findings)} known vulnerabilities.")
    return 1 if findings or (missing and os.environ.get("AUDIT_REQUIRED") == "1") else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["sbom"]:
        for written in write_sbom():
            print(written.relative_to(ROOT))
    elif sys.argv[1:] == ["audit"]:
        sys.exit(audit())
    else:
        sys.exit(__doc__)
