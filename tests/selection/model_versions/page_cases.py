"""Page cases for the model versions room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.support.models import shipped
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    EMPTY,
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
    PageCase("models", looks=(Look("models", (Role.ANALYST, Role.VIEWER), BOTH),)),
    PageCase("model-schema", no_page="a file"),
    PageCase(
        "model-import",
        looks=(
            Look("model-import", ANALYST, BOTH),
            Look(
                "model-import-refused",
                ANALYST,
                ALL_ERRORS,
                actions=(press("Import the model"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "model",
        url=records.model(),
        looks=(
            Look("model", ANALYST, BOTH, _shipped_model),
            Look("model-draft", WORKING, arguments=_version("draft")),
            Look("model-withdrawn", ANALYST, arguments=_version("withdrawn")),
        ),
    ),
    PageCase(
        "model-compare",
        url=records.model(),
        looks=(
            Look("model-compare", (Role.VIEWER, Role.APPROVER), arguments=_version("draft")),
            Look("model-compare-all", VIEWER, arguments=_version("draft"), query="?moves=all"),
            Look("model-compare-nothing", VIEWER, BOTH, _shipped_model),
            Look("model-compare-unknown", VIEWER, ALL_ERRORS, _shipped_model, "?to=9999", 400),
        ),
    ),
    PageCase("model-export", url=records.model(), no_page="a file"),
    PageCase(
        "model-clone",
        url=records.model(),
        looks=(
            Look("model-clone", ANALYST, arguments=_version("published")),
            Look(
                "model-clone-refused",
                ANALYST,
                ALL_ERRORS,
                _version("published"),
                actions=(press("Make the draft"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "model-publish",
        url=records.model(),
        looks=(
            Look("model-publish", APPROVER, arguments=_version("draft")),
            Look(
                "model-publish-overtaken",
                APPROVER,
                ALL_ERRORS,
                _version("draft"),
                actions=(pretend_earlier(), press("Publish version 6"), wait_for("Someone else saved changes")),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase(
        "model-withdraw",
        url=records.model(),
        looks=(Look("model-withdraw", ANALYST, arguments=_version("draft")),),
        second_writer=ONCE,
    ),
    PageCase(
        "model-adopt",
        url=records.not_adopted,
        looks=(Look("model-adopt", APPROVER, (EMPTY,), _shipped_model),),
        second_writer=TwoWriters(
            Role.APPROVER, REASONED, second_may_send_again=False, shown_to_second=("already been adopted",)
        ),
    ),
    PageCase(
        "model-adoption-withdraw",
        url=records.adopted,
        looks=(Look("model-adoption-withdraw", APPROVER, arguments=ADOPTED),),
        second_writer=TwoWriters(Role.APPROVER, REASONED, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "model-settings",
        url=records.model(),
        looks=(
            Look("model-settings", ANALYST, arguments=_version("draft")),
            Look(
                "model-settings-refused",
                ANALYST,
                ALL_ERRORS,
                _version("draft"),
                actions=(fill("Title", ""), press("Save the settings"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase(
        "model-weights",
        url=records.model(key="governance"),
        looks=(
            Look("model-weights", ANALYST, arguments=_version("draft", key="governance")),
            Look(
                "model-weights-typed",
                ANALYST,
                arguments=_version("draft", key="governance"),
                actions=(fill("Corruption Perceptions Index", "0"), fill("Political rights", "9")),
            ),
            Look("model-weights-of-the-whole", ANALYST, arguments=_version("draft", key="total")),
            Look("model-weights-of-nothing", ANALYST, arguments=_version("draft", key="later")),
            Look(
                "model-weights-refused",
                ANALYST,
                ALL_ERRORS,
                _version("draft", key="governance"),
                actions=(
                    fill("Corruption Perceptions Index", "-1"),
                    press("Save the weights"),
                    wait_for("Nothing was saved."),
                ),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase(
        "model-method",
        url=records.model(),
        looks=(
            Look("model-method", ANALYST, arguments=_version("draft")),
            Look(
                "model-method-refused",
                ANALYST,
                ALL_ERRORS,
                _version("draft"),
                actions=(
                    fill("A smaller number shown with it", "30"),
                    press("Save the method"),
                    wait_for("Nothing was saved."),
                ),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase(
        "model-estimate",
        url=records.model(key="child_labour"),
        looks=(
            Look("model-estimate", ANALYST, arguments=_version("draft", key="child_labour")),
            Look("model-estimate-labels", ANALYST, arguments=_version("draft", key="ilab")),
            Look(
                "model-estimate-refused",
                ANALYST,
                ALL_ERRORS,
                _version("draft", key="ilab"),
                actions=(
                    fill(
                        "Shares that move from each label (a line) to each label (in that order) (optional)", "0.5 0.5"
                    ),
                    press("Save the error"),
                    wait_for("Nothing was saved."),
                ),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase(
        "model-row-new",
        url=records.model(kind="nodes"),
        looks=(
            Look("model-row-new", ANALYST, arguments=_version("draft", kind="criteria")),
            Look(
                "model-row-new-refused",
                ANALYST,
                ALL_ERRORS,
                _version("draft", kind="nodes"),
                actions=(press("Add the node"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase(
        "model-row",
        url=records.model(kind="criteria", key="cpi"),
        looks=(
            Look("model-node", ANALYST, arguments=_model_row("nodes", "governance")),
            Look("model-criterion", ANALYST, arguments=_model_row("criteria", "cpi")),
            Look("model-criterion-table", ANALYST, arguments=_model_row("criteria", "tier")),
            Look("model-criterion-rubric", ANALYST, arguments=_model_row("criteria", "forms")),
            Look(
                "model-criterion-another-kind",
                ANALYST,
                arguments=_model_row("criteria", "cpi"),
                actions=(
                    select("How a value becomes 0 to 1", "threshold"),
                    press("Show the fields for this kind and indicator"),
                    wait_for("Soft: use the probability"),
                ),
            ),
            Look(
                "model-criterion-refused",
                ANALYST,
                ALL_ERRORS,
                _model_row("criteria", "cpi"),
                actions=(fill("Low goalpost", "90"), press("Save the criterion"), wait_for("Nothing was saved.")),
            ),
            Look(
                "model-criterion-overtaken",
                ANALYST,
                ALL_ERRORS,
                _model_row("criteria", "cpi"),
                actions=(pretend_earlier(), press("Save the criterion"), wait_for("Someone else saved changes")),
            ),
            Look("model-hurdle", ANALYST, arguments=_model_row("hurdles", "corruption")),
            Look("model-gate", ANALYST, arguments=_model_row("mandatory", "commitment")),
            Look("model-node-axis", ANALYST, arguments=_model_row("nodes", "need")),
            Look("model-rule", ANALYST, arguments=_model_row("rules", "E2")),
            Look(
                "model-rule-refused",
                ANALYST,
                ALL_ERRORS,
                _model_row("rules", "E2"),
                actions=(
                    fill("How many of them are required", "2"),
                    press("Save the rule of evidence"),
                    wait_for("Nothing was saved."),
                ),
            ),
            Look("model-choice", ANALYST, arguments=_model_row("choices", "prevalence")),
            Look(
                "model-choice-refused",
                ANALYST,
                ALL_ERRORS,
                _model_row("choices", "prevalence"),
                actions=(
                    fill("Other way 1: what it changes (optional)", "everything"),
                    press("Save the choice of the method"),
                    wait_for("Nothing was saved."),
                ),
            ),
        ),
        second_writer=TABLE,
    ),
    PageCase("model-row-move", url=records.model(kind="criteria", key="cpi"), second_writer=TABLE),
    PageCase(
        "model-row-remove",
        url=records.model(kind="criteria", key="cpi"),
        looks=(
            Look("model-row-remove", ANALYST, arguments=_model_row("nodes", "governance")),
            Look(
                "model-row-remove-refused",
                ANALYST,
                ALL_ERRORS,
                _model_row("criteria", "tier"),
                actions=(press("Remove the criterion"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TABLE,
    ),
)
