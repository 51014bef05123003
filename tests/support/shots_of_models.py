"""The pages of scoring models in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import (
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    VIEWER,
    Arguments,
    Listed,
    fill,
    press,
    pretend_earlier,
    select,
    wait_for,
)
from tests.worlds.demonstration import Scene

WORKING = (Role.ANALYST, Role.APPROVER, Role.VIEWER)
"""Drafts, publishes, or reads."""


def _version(name: str, **more: str) -> Arguments:
    return lambda scene: {"pk": scene.models[name].pk, **more}


def _row(kind: str, key: str) -> Arguments:
    return _version("draft", kind=kind, key=key)


def _shipped(scene: Scene) -> dict[str, object]:
    from tests.support.models import shipped

    return {"pk": shipped().pk}


MODELS: Sequence[Listed] = (
    Listed("models", "models", (Role.ANALYST, Role.VIEWER), BOTH),
    Listed("model", "model", ANALYST, BOTH, _shipped),
    Listed("model-draft", "model", WORKING, arguments=_version("draft")),
    Listed("model-withdrawn", "model", ANALYST, arguments=_version("withdrawn")),
    Listed("model-compare", "model-compare", (Role.VIEWER, Role.APPROVER), arguments=_version("draft")),
    Listed("model-compare-all", "model-compare", VIEWER, arguments=_version("draft"), query="?moves=all"),
    Listed("model-compare-nothing", "model-compare", VIEWER, BOTH, _shipped),
    Listed("model-compare-unknown", "model-compare", VIEWER, ALL_ERRORS, _shipped, "?to=9999", 400),
    Listed("model-clone", "model-clone", ANALYST, arguments=_version("published")),
    Listed(
        "model-clone-refused",
        "model-clone",
        ANALYST,
        ALL_ERRORS,
        _version("published"),
        acts=(press("Make the draft"), wait_for("Nothing was saved.")),
    ),
    Listed("model-import", "model-import", ANALYST, BOTH),
    Listed(
        "model-import-refused",
        "model-import",
        ANALYST,
        ALL_ERRORS,
        acts=(press("Check it and make a draft"), wait_for("Nothing was saved.")),
    ),
    Listed("model-publish", "model-publish", APPROVER, arguments=_version("draft")),
    Listed(
        "model-publish-overtaken",
        "model-publish",
        APPROVER,
        ALL_ERRORS,
        _version("draft"),
        acts=(
            pretend_earlier(),
            press("Publish version 5"),
            wait_for("Someone else saved changes while you were editing"),
        ),
    ),
    Listed("model-withdraw", "model-withdraw", ANALYST, arguments=_version("draft")),
    Listed("model-settings", "model-settings", ANALYST, arguments=_version("draft")),
    Listed(
        "model-settings-refused",
        "model-settings",
        ANALYST,
        ALL_ERRORS,
        _version("draft"),
        acts=(fill("Title", ""), press("Save the settings"), wait_for("Nothing was saved.")),
    ),
    Listed("model-weights", "model-weights", ANALYST, arguments=_version("draft", key="governance")),
    Listed(
        "model-weights-typed",
        "model-weights",
        ANALYST,
        arguments=_version("draft", key="governance"),
        acts=(fill("Corruption Perceptions Index", "0"), fill("Political rights", "9")),
    ),
    Listed("model-weights-of-the-whole", "model-weights", ANALYST, arguments=_version("draft", key="total")),
    Listed("model-weights-of-nothing", "model-weights", ANALYST, arguments=_version("draft", key="later")),
    Listed(
        "model-weights-refused",
        "model-weights",
        ANALYST,
        ALL_ERRORS,
        _version("draft", key="governance"),
        acts=(fill("Corruption Perceptions Index", "-1"), press("Save the weights"), wait_for("Nothing was saved.")),
    ),
    Listed("model-node", "model-row", ANALYST, arguments=_row("nodes", "governance")),
    Listed("model-criterion", "model-row", ANALYST, arguments=_row("criteria", "cpi")),
    Listed("model-criterion-table", "model-row", ANALYST, arguments=_row("criteria", "tier")),
    Listed("model-criterion-rubric", "model-row", ANALYST, arguments=_row("criteria", "forms")),
    Listed(
        "model-criterion-another-kind",
        "model-row",
        ANALYST,
        arguments=_row("criteria", "cpi"),
        acts=(
            select("From value to 0 to 1", "threshold"),
            press("Show the fields of this kind and indicator"),
            wait_for("Soft: by the chance"),
        ),
    ),
    Listed(
        "model-criterion-refused",
        "model-row",
        ANALYST,
        ALL_ERRORS,
        _row("criteria", "cpi"),
        acts=(fill("Low goalpost", "90"), press("Save the criterion"), wait_for("Nothing was saved.")),
    ),
    Listed(
        "model-criterion-overtaken",
        "model-row",
        ANALYST,
        ALL_ERRORS,
        _row("criteria", "cpi"),
        acts=(pretend_earlier(), press("Save the criterion"), wait_for("What was changed since")),
    ),
    Listed("model-hurdle", "model-row", ANALYST, arguments=_row("hurdles", "corruption")),
    Listed("model-gate", "model-row", ANALYST, arguments=_row("mandatory", "commitment")),
    Listed("model-node-axis", "model-row", ANALYST, arguments=_row("nodes", "need")),
    Listed("model-rule", "model-row", ANALYST, arguments=_row("rules", "E2")),
    Listed(
        "model-rule-refused",
        "model-row",
        ANALYST,
        ALL_ERRORS,
        _row("rules", "E2"),
        acts=(fill("How many of them", "2"), press("Save the rule of evidence"), wait_for("Nothing was saved.")),
    ),
    Listed("model-choice", "model-row", ANALYST, arguments=_row("choices", "prevalence")),
    Listed(
        "model-choice-refused",
        "model-row",
        ANALYST,
        ALL_ERRORS,
        _row("choices", "prevalence"),
        acts=(
            fill("Other way 1: what it changes (optional)", "everything"),
            press("Save the choice of the method"),
            wait_for("Nothing was saved."),
        ),
    ),
    Listed("model-method", "model-method", ANALYST, arguments=_version("draft")),
    Listed(
        "model-method-refused",
        "model-method",
        ANALYST,
        ALL_ERRORS,
        _version("draft"),
        acts=(fill("A smaller number beside it", "30"), press("Save the method"), wait_for("Nothing was saved.")),
    ),
    Listed("model-estimate", "model-estimate", ANALYST, arguments=_version("draft", key="child_labour")),
    Listed("model-estimate-labels", "model-estimate", ANALYST, arguments=_version("draft", key="ilab")),
    Listed(
        "model-estimate-refused",
        "model-estimate",
        ANALYST,
        ALL_ERRORS,
        _version("draft", key="ilab"),
        acts=(
            fill("Shares that move from each label (a line) to each label (in that order) (optional)", "0.5 0.5"),
            press("Save the error"),
            wait_for("Nothing was saved."),
        ),
    ),
    Listed("model-row-new", "model-row-new", ANALYST, arguments=_version("draft", kind="criteria")),
    Listed(
        "model-row-new-refused",
        "model-row-new",
        ANALYST,
        ALL_ERRORS,
        _version("draft", kind="nodes"),
        acts=(press("Add the node"), wait_for("Nothing was saved.")),
    ),
    Listed("model-row-remove", "model-row-remove", ANALYST, arguments=_row("nodes", "governance")),
    Listed(
        "model-row-remove-refused",
        "model-row-remove",
        ANALYST,
        ALL_ERRORS,
        _row("criteria", "tier"),
        acts=(press("Remove the criterion"), wait_for("Nothing was saved.")),
    ),
)
