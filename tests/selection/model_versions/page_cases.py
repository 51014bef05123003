"""Page cases for the model versions room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.support.models import shipped
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    APPROVER,
    BOTH,
    EMPTY,
    OFFICE,
    ONCE,
    REASONED,
    TABLE,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    pretend_earlier,
    refused,
    select,
    wait_for,
)
from tests.worlds.demonstration import Scene

WORKING = (Role.ANALYST, Role.APPROVER, Role.VIEWER)
"""Roles that draft, publish, and read."""


def _version(name: str, **more: str) -> Arguments:
    return lambda scene: {"pk": scene.models[name].pk, **more}


def _model_row(kind: str, key: str) -> Arguments:
    return _version("draft", kind=kind, key=key)


def _shipped_model(scene: Scene) -> dict[str, object]:

    return {"pk": shipped().pk}


ADOPTED: Arguments = lambda scene: {"pk": scene.pool.adoption.model_id}  # noqa: E731  # a table of short functions


CASES = (
    PageCase("models", Look("models", roles=OFFICE, states=BOTH)),
    PageCase("model-schema", no_page="a file"),
    PageCase(
        "model-import",
        Look("model-import", states=BOTH),
        refused("model-import", "Import the model", then=wait_for("Nothing was saved.")),
        second_writer=ADDS,
    ),
    PageCase(
        "model",
        Look("model", _shipped_model, states=BOTH),
        Look("model-draft", _version("draft"), WORKING),
        Look("model-withdrawn", _version("withdrawn")),
        url=records.model(),
    ),
    PageCase(
        "model-compare",
        Look("model-compare", _version("draft"), (Role.VIEWER, Role.APPROVER)),
        Look("model-compare-all", _version("draft"), VIEWER, query="?moves=all"),
        Look("model-compare-nothing", _shipped_model, VIEWER, states=BOTH),
        Look("model-compare-unknown", _shipped_model, VIEWER, states=ALL_ERRORS, query="?to=9999", status=400),
        url=records.model(),
    ),
    PageCase("model-export", url=records.model(), no_page="a file"),
    PageCase(
        "model-clone",
        Look("model-clone", _version("published")),
        refused("model-clone", "Make the draft", _version("published"), then=wait_for("Nothing was saved.")),
        url=records.model(),
        second_writer=ADDS,
    ),
    PageCase(
        "model-publish",
        Look("model-publish", _version("draft"), APPROVER),
        Look(
            "model-publish-overtaken",
            _version("draft"),
            APPROVER,
            states=ALL_ERRORS,
            actions=(pretend_earlier(), press("Publish version 6"), wait_for("Someone else saved changes")),
        ),
        url=records.model(),
        second_writer=TABLE,
    ),
    PageCase("model-withdraw", Look("model-withdraw", _version("draft")), url=records.model(), second_writer=ONCE),
    PageCase(
        "model-adopt",
        Look("model-adopt", _shipped_model, APPROVER, states=(EMPTY,)),
        url=records.not_adopted,
        second_writer=TwoWriters(
            Role.APPROVER,
            REASONED,
            {"without_dol": "Sample reason."},
            second_may_send_again=False,
            shown_to_second=("already been adopted",),
        ),
    ),
    PageCase(
        "model-adoption-withdraw",
        Look("model-adoption-withdraw", ADOPTED, APPROVER),
        url=records.adopted,
        second_writer=TwoWriters(Role.APPROVER, REASONED, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "model-settings",
        Look("model-settings", _version("draft")),
        Look(
            "model-settings-refused",
            _version("draft"),
            states=ALL_ERRORS,
            actions=(fill("Title", ""), press("Save the settings"), wait_for("Nothing was saved.")),
        ),
        url=records.model(),
        second_writer=TABLE,
    ),
    PageCase(
        "model-weights",
        Look("model-weights", _version("draft", key="governance")),
        Look(
            "model-weights-typed",
            _version("draft", key="governance"),
            actions=(fill("Corruption Perceptions Index", "0"), fill("Political rights", "9")),
        ),
        Look("model-weights-of-the-whole", _version("draft", key="total")),
        Look("model-weights-of-nothing", _version("draft", key="later")),
        Look(
            "model-weights-refused",
            _version("draft", key="governance"),
            states=ALL_ERRORS,
            actions=(
                fill("Corruption Perceptions Index", "-1"),
                press("Save the weights"),
                wait_for("Nothing was saved."),
            ),
        ),
        url=records.model(key="governance"),
        second_writer=TABLE,
    ),
    PageCase(
        "model-method",
        Look("model-method", _version("draft")),
        Look(
            "model-method-refused",
            _version("draft"),
            states=ALL_ERRORS,
            actions=(
                fill("A smaller number shown with it", "30"),
                press("Save the method"),
                wait_for("Nothing was saved."),
            ),
        ),
        url=records.model(),
        second_writer=TABLE,
    ),
    PageCase(
        "model-estimate",
        Look("model-estimate", _version("draft", key="child_labour")),
        Look("model-estimate-labels", _version("draft", key="ilab")),
        Look(
            "model-estimate-refused",
            _version("draft", key="ilab"),
            states=ALL_ERRORS,
            actions=(
                fill("Shares that move from each label (a line) to each label (in that order) (optional)", "0.5 0.5"),
                press("Save the error"),
                wait_for("Nothing was saved."),
            ),
        ),
        url=records.model(key="child_labour"),
        second_writer=TABLE,
    ),
    PageCase(
        "model-row-new",
        Look("model-row-new", _version("draft", kind="criteria")),
        refused("model-row-new", "Add the node", _version("draft", kind="nodes"), then=wait_for("Nothing was saved.")),
        url=records.model(kind="nodes"),
        second_writer=TABLE,
    ),
    PageCase(
        "model-row",
        Look("model-node", _model_row("nodes", "governance")),
        Look("model-criterion", _model_row("criteria", "cpi")),
        Look("model-criterion-table", _model_row("criteria", "tier")),
        Look("model-criterion-rubric", _model_row("criteria", "forms")),
        Look(
            "model-criterion-another-kind",
            _model_row("criteria", "cpi"),
            actions=(
                select("How a value becomes 0 to 1", "threshold"),
                press("Show the fields for this kind and indicator"),
                wait_for("Soft: use the probability"),
            ),
        ),
        Look(
            "model-criterion-refused",
            _model_row("criteria", "cpi"),
            states=ALL_ERRORS,
            actions=(fill("Low goalpost", "90"), press("Save the criterion"), wait_for("Nothing was saved.")),
        ),
        Look(
            "model-criterion-overtaken",
            _model_row("criteria", "cpi"),
            states=ALL_ERRORS,
            actions=(pretend_earlier(), press("Save the criterion"), wait_for("Someone else saved changes")),
        ),
        Look("model-hurdle", _model_row("hurdles", "corruption")),
        Look("model-gate", _model_row("mandatory", "commitment")),
        Look("model-node-axis", _model_row("nodes", "need")),
        Look("model-rule", _model_row("rules", "E2")),
        Look(
            "model-rule-refused",
            _model_row("rules", "E2"),
            states=ALL_ERRORS,
            actions=(
                fill("How many of them are required", "2"),
                press("Save the rule of evidence"),
                wait_for("Nothing was saved."),
            ),
        ),
        Look("model-choice", _model_row("choices", "prevalence")),
        Look(
            "model-choice-refused",
            _model_row("choices", "prevalence"),
            states=ALL_ERRORS,
            actions=(
                fill("Other way 1: what it changes (optional)", "everything"),
                press("Save the choice of the method"),
                wait_for("Nothing was saved."),
            ),
        ),
        url=records.model(kind="criteria", key="cpi"),
        second_writer=TABLE,
    ),
    PageCase("model-row-move", url=records.model(kind="criteria", key="cpi"), second_writer=TABLE),
    PageCase(
        "model-row-remove",
        Look("model-row-remove", _model_row("nodes", "governance")),
        refused(
            "model-row-remove",
            "Remove the criterion",
            _model_row("criteria", "tier"),
            then=wait_for("Nothing was saved."),
        ),
        url=records.model(kind="criteria", key="cpi"),
        second_writer=TABLE,
    ),
)
