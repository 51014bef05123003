"""Pages of scoring models: read, compare, export and import, draft, edit, publish, and withdraw."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from selection.model_definition.editing import find
from selection.model_definition.model_json import (
    MOST_BYTES,
    SCHEMA,
    parsed,
    written,
)
from selection.model_versions.services import versions as versions_services
from selection.models import ModelState, ScoreRun, ScoringModel
from tests.selection.model_definition.test_model_rules import FAULTS, Plain
from tests.support.accounts import make_account
from tests.support.models import draft, exported, lighter, shipped, weighing

pytestmark = pytest.mark.django_db

NAMES = (
    "model",
    "model-compare",
    "model-export",
    "model-clone",
    "model-publish",
    "model-withdraw",
    "model-settings",
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def author(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def client_of(author: User) -> Client:
    return signed_in(author)


def read(client: Client, name: str, *args: Any, query: str = "") -> str:
    """Return the text of an existing page."""
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, name
    return unescape(answer.text)


def filled(client: Client, name: str, *args: Any, query: str = "") -> dict[str, Any]:
    """Return the data that the form of a page would send if its button were pressed at once."""
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, name
    return held(answer)


def held(answer: Any) -> dict[str, Any]:
    """Return the filled fields of a page's form, as a browser would send them."""
    found = {}
    for bound in answer.context["form"]:
        value = bound.value()
        if value is not None and value is not False and value != "":
            found[bound.name] = "on" if value is True else value
    return found


def send(client: Client, name: str, *args: Any, data: dict[str, Any]) -> Any:
    return client.post(reverse(name, args=args), data)


# ---- reading -------------------------------------------------------------------------------------------------------


def test_the_list_shows_each_version_with_its_state_and_note(run: ScoreRun, client_of: Client, author: User) -> None:
    made = lighter(author)
    versions_services.withdraw_model(model=draft(author), reason="Not agreed", actor=author)
    page = read(client_of, "models")
    for text in ("Version 4", "Version 5", "Version 6", "Published", "Draft", "Withdrawn: Not agreed", made.note):
        assert text in page
    assert page.index("Version 6") < page.index("Version 5") < page.index("Version 4") < page.index("Version 3")
    assert "Draft the next version" in page
    assert "Draft the next version" not in read(signed_in(make_account(Role.VIEWER)), "models")


def test_version_lists_criteria_with_points_share_function_and_reason(run: ScoreRun, client_of: Client) -> None:
    page = read(client_of, "model", shipped().pk)
    table = shipped().as_table
    for row in table.criteria:
        assert row.label in page
        assert row.reason in page
        for anchor in row.anchors:
            assert anchor in page
    for text in ("0 gives 0, 16 gives 1", "10.5%", "No weight makes up for it", "22 U.S.C. 7103a(d)(5)(A)"):
        assert text in page
    assert "All of: Political will: prosecution rated 2 or more" in page
    assert "is High" in page
    assert reverse("run", args=[run.pk]) in page
    assert reverse("model-settings", args=[shipped().pk]) not in page


def test_draft_shows_what_publishing_changes_and_which_countries_move(
    run: ScoreRun, client_of: Client, author: User
) -> None:
    made = draft(author)
    made = versions_services.edit_model(
        model=made, change=weighing(made, "prevalence", 5), actor=author, expected_revision="1"
    )
    page = read(client_of, "model", made.pk)
    assert "countries change rank" in page
    assert "Weight, points" in page
    compared = read(client_of, "model-compare", made.pk)
    assert "Version 5 compared with version 4" in compared
    assert "Share of the whole" in compared
    assert f"run {run.pk}" in compared
    back = read(client_of, "model-compare", shipped().pk, query=f"?to={made.pk}")
    assert "Version 4 compared with version 5" in back
    assert client_of.get(reverse("model-compare", args=[made.pk]) + "?to=9999").status_code == 400
    assert client_of.get(reverse("model-compare", args=[made.pk]) + "?with=1").status_code == 400


def test_exported_model_imports_unchanged_and_its_schema_is_served(client_of: Client, author: User) -> None:
    made = lighter(author)
    answer = client_of.get(reverse("model-export", args=[made.pk]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cpc-default-5.json"'
    assert parsed(answer.content) == exported(made)
    file = SimpleUploadedFile("model.json", answer.content)
    sent = {"file": file, "note": "Once more", "idempotency_key": new_key()}
    page = client_of.post(reverse("model-import"), sent, follow=True)
    again = ScoringModel.objects.get(number=6)
    assert page.redirect_chain == [(reverse("model", args=[again.pk]), 302)]
    assert again.as_table.content_hash == made.as_table.content_hash
    assert parsed(client_of.get(reverse("model-export", args=[again.pk])).content) == {**exported(made), "version": "6"}
    assert client_of.get(reverse("model-schema")).content == SCHEMA.read_bytes()


# ---- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR, Role.APPROVER])
def test_who_does_not_draft_reads_and_changes_nothing(role: Role, author: User) -> None:
    made = lighter(author)
    client = signed_in(make_account(role))
    for name in ("model", "model-compare", "model-export"):
        assert client.get(reverse(name, args=[made.pk])).status_code == 200
    for address in (
        reverse("model-import"),
        *(reverse(name, args=[made.pk]) for name in ("model-clone", "model-withdraw", "model-settings")),
        reverse("model-weights", args=[made.pk, "need"]),
        reverse("model-row-new", args=[made.pk, "nodes"]),
        *(
            reverse(name, args=[made.pk, "nodes", "fit"])
            for name in ("model-row", "model-row-remove", "model-row-move")
        ),
    ):
        assert client.post(address, {"idempotency_key": new_key()}).status_code == 403
    assert "Settings" not in read(client, "model", made.pk)
    made.refresh_from_db()
    assert (made.revision, made.state) == (2, ModelState.DRAFT)


def test_a_reviewer_finds_no_model_and_still_the_method(author: User) -> None:
    made = lighter(author)
    client = signed_in(make_account(Role.REVIEWER))
    for name in NAMES:
        assert client.get(reverse(name, args=[made.pk])).status_code == 404
    assert client.get(reverse("models")).status_code == 404
    page = client.get(reverse("method"))
    assert page.status_code == 200
    assert reverse("models") not in page.text


def test_an_analyst_does_not_publish_and_the_approver_does_once(run: ScoreRun, client_of: Client, author: User) -> None:
    made = lighter(author)
    assert client_of.get(reverse("model-publish", args=[made.pk])).status_code == 403
    approver = signed_in(make_account(Role.APPROVER))
    sent = filled(approver, "model-publish", made.pk)
    page = read(approver, "model-publish", made.pk)
    assert "What publishing changes" in page
    for _ in range(2):
        assert send(approver, "model-publish", made.pk, data=sent).status_code == 302
    made.refresh_from_db()
    assert made.state == ModelState.PUBLISHED
    assert "Superseded" in read(approver, "models")
    ranking = unescape(approver.get(reverse("ranking")).text)
    assert "Version 5 of the model is published" in ranking
    assert reverse("ranking-compute") in ranking
    assert "version 4" in ranking.lower()
    approver.post(reverse("ranking-compute"))
    assert "Version 5 of the model is published" not in unescape(approver.get(reverse("ranking")).text)
    assert "Default model 5" in read(approver, "method")


def test_what_changed_since_the_approver_looked_is_not_published(author: User) -> None:
    made = lighter(author)
    approver = signed_in(make_account(Role.APPROVER))
    sent = filled(approver, "model-publish", made.pk)
    versions_services.edit_model(
        model=made, change=weighing(made, "cpi", 5), actor=author, expected_revision=made.current_revision()
    )
    answer = send(approver, "model-publish", made.pk, data=sent)
    assert answer.status_code == 422
    assert "Someone else saved changes while you were editing" in answer.text
    made.refresh_from_db()
    assert made.state == ModelState.DRAFT


def test_draft_without_a_note_is_not_published_and_names_the_remedy(author: User) -> None:
    made = draft(author, note="")
    approver = signed_in(make_account(Role.APPROVER))
    assert "In the settings, describe what is different, and why." in read(approver, "model-publish", made.pk)
    answer = send(approver, "model-publish", made.pk, data=filled(approver, "model-publish", made.pk))
    assert answer.status_code == 422


# ---- drafting ------------------------------------------------------------------------------------------------------


def test_a_double_press_makes_one_draft_and_one_withdrawal(client_of: Client, author: User) -> None:
    sent = {"note": "Less weight for corruption", "idempotency_key": new_key()}
    first, second = (send(client_of, "model-clone", shipped().pk, data=sent) for _ in range(2))
    made = ScoringModel.objects.get(number=5)
    assert first.headers["Location"] == second.headers["Location"] == reverse("model", args=[made.pk])
    assert ScoringModel.objects.count() == 3
    refused = send(client_of, "model-withdraw", made.pk, data={"reason": "", "idempotency_key": new_key()})
    assert refused.status_code == 422
    sent = {"reason": "Another one came first", "idempotency_key": new_key()}
    for _ in range(2):
        assert send(client_of, "model-withdraw", made.pk, data=sent).status_code == 302
    assert "Another one came first" in read(client_of, "model", made.pk)
    opened = client_of.get(reverse("model-settings", args=[made.pk]), follow=True)
    assert "so you can't change it. To make changes, clone it into a new draft" in unescape(opened.text)
    sent = {"note": "", "idempotency_key": new_key()}
    assert send(client_of, "model-clone", made.pk, data=sent).status_code == 422


@pytest.mark.parametrize(("change", "code", "place"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_bad_file_is_rejected_on_the_page_with_its_path(
    client_of: Client, change: Callable[[Plain], object], code: str, place: str
) -> None:
    data = exported(shipped())
    change(data)
    text = json.dumps(data).encode()
    sent = {"file": SimpleUploadedFile("model.json", text), "note": "Spoiled", "idempotency_key": new_key()}
    answer = client_of.post(reverse("model-import"), sent)
    assert answer.status_code == 422
    key = place.rpartition("/")[2]
    assert key in unescape(answer.text).partition('<form method="post" novalidate')[2].partition("</ul>")[0]
    assert "Nothing was saved." in answer.text
    assert "Spoiled" in answer.text
    assert ScoringModel.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"Title,Weight\n", "This is not valid JSON"),
        (b'{"key": "a", "key": "b"}', "twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"note": "' + b"x" * 2 * MOST_BYTES + b'"}', "the limit for a model is 1,048,576"),
        (b"\x00\x01\x02", "This is not valid JSON"),
        (b"{}", "'key' is a required property"),
    ],
)
def test_a_file_that_is_no_model_is_refused(client_of: Client, content: bytes, message: str) -> None:
    sent = {"file": SimpleUploadedFile("model.json", content), "note": "x", "idempotency_key": new_key()}
    answer = client_of.post(reverse("model-import"), sent)
    assert answer.status_code == 422
    assert message in unescape(answer.text)
    assert ScoringModel.objects.count() == 2


def test_a_file_is_imported_once_however_often_it_is_sent(client_of: Client) -> None:
    key = new_key()
    for _ in range(2):
        file = SimpleUploadedFile("model.json", written(exported(shipped())))
        assert (
            client_of.post(reverse("model-import"), {"file": file, "note": "x", "idempotency_key": key}).status_code
            == 302
        )
    assert ScoringModel.objects.count() == 3


# ---- editing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("model-settings", ()),
        ("model-weights", ("total",)),
        ("model-weights", ("governance",)),
        *(("model-row", ("nodes", node)) for node in ("need", "governance")),
        *(
            ("model-row", ("criteria", key))
            for key in (
                "prevalence",
                "tier",
                "ilab",
                "forms",
                "freedom_total",
                "income",
                "gni",
                "restrictions",
                "balance",
            )
        ),
        *(("model-row", ("hurdles", key)) for key in ("corruption", "tier3", "income_focus")),
        *(("model-row", ("mandatory", key)) for key in ("prevalence", "commitment")),
        *(("model-row", ("rules", key)) for key in ("E1", "E4")),
        *(("model-row", ("choices", key)) for key in ("prevalence", "scale", "tier", "balance")),
        ("model-method", ()),
        *(
            ("model-estimate", (key,))
            for key in ("prevalence", "child_labour", "births", "cpi", "tier", "gni", "forms")
        ),
    ],
)
def test_a_form_that_is_sent_as_it_was_opened_changes_nothing(
    client_of: Client, author: User, name: str, args: tuple[str, ...]
) -> None:
    made = draft(author)
    answer = send(client_of, name, made.pk, *args, data=filled(client_of, name, made.pk, *args))
    assert answer.status_code == 302, answer.context["form"].errors
    now = ScoringModel.objects.get(pk=made.pk)
    assert now.table == made.table
    assert (now.table_hash, now.revision) == (made.table_hash, 1)


def test_weights_form_shows_their_shares_before_saving(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-weights", made.pk, "governance") | {"w_cpi": "12"}
    shown = send(client_of, "model-weights", made.pk, "governance", data={**sent, "switch": "1"})
    assert shown.status_code == 200
    lines = {line["row"].key: line for line in shown.context["lines"]}
    assert lines["cpi"]["here"] == pytest.approx(100 * 12 / 18)
    assert lines["cpi"]["whole"] == pytest.approx(100 * 0.5 * 12 / 50 * 12 / 18)
    assert 'value="12"' in shown.text
    made.refresh_from_db()
    assert made.revision == 1
    assert send(client_of, "model-weights", made.pk, "governance", data=sent).status_code == 302
    made.refresh_from_db()
    assert find(made.table, "criteria", "cpi")["weight"] == 12
    assert made.as_table.weights()["cpi"] == pytest.approx(0.5 * 12 / 50 * 12 / 18)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-1", "greater than or equal to 0"),
        ("NaN", "Enter a number"),
        ("inf", "Enter a number"),
        ("", "required"),
        ("six", "Enter a number"),
        ("1e9", "less than or equal to"),
    ],
)
def test_a_weight_that_is_none_is_refused_beside_its_field(
    client_of: Client, author: User, typed: str, message: str
) -> None:
    made = draft(author)
    sent = filled(client_of, "model-weights", made.pk, "governance") | {"w_cpi": typed}
    for more in ({}, {"switch": "1"}):
        answer = send(client_of, "model-weights", made.pk, "governance", data=sent | more)
        assert answer.status_code == 422
        assert message in " ".join(answer.context["form"].errors["w_cpi"])
    made.refresh_from_db()
    assert made.revision == 1


def test_weights_that_are_all_zero_are_refused_with_the_node(client_of: Client, author: User) -> None:
    made = draft(author)
    for node in ("governance", "need", "total"):
        sent = filled(client_of, "model-weights", made.pk, node)
        sent |= {name: "0" for name in sent if name.startswith("w_")}
        answer = send(client_of, "model-weights", made.pk, node, data=sent)
        assert answer.status_code == 422
        assert ("need" if node == "total" else node) in " ".join(answer.context["form"].non_field_errors())


def test_the_second_of_two_editors_sees_the_changes_and_their_entries(client_of: Client, author: User) -> None:
    made = draft(author)
    second = signed_in(make_account(Role.ANALYST, username="second"))
    mine, theirs = (filled(one, "model-row", made.pk, "criteria", "cpi") for one in (client_of, second))
    assert send(client_of, "model-row", made.pk, "criteria", "cpi", data=mine | {"weight": "3"}).status_code == 302
    answer = send(second, "model-row", made.pk, "criteria", "cpi", data=theirs | {"f_upper": "70", "reason": "Mine"})
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "Someone else saved changes while you were editing." in page
    changes = [
        (difference.key, field.name, field.before, field.after)
        for difference in answer.context["differences"]
        for field in difference.fields
    ]
    assert ("cpi", "Weight, points", "6", "3") in changes
    assert "Mine</textarea>" in page
    assert 'value="70"' in page
    entered = held(answer)
    assert send(second, "model-row", made.pk, "criteria", "cpi", data=entered).status_code == 302
    row = find(ScoringModel.objects.get(pk=made.pk).table, "criteria", "cpi")
    assert (row["function"]["upper"], row["reason"]) == (70, "Mine")


def test_a_criterion_is_added_moved_and_removed(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row-new", made.pk, "criteria", query="?under=governance")
    assert sent["node"] == "governance"
    sent |= {
        "key": "cpi_rank",
        "label": "Rank in the index",
        "factor": "Governance",
        "weight": "0.5",
        "stage": "screen",
        "indicator": "cpi.rank",
        "period": "latest",
        "missing": "reweight",
        "absent": "not_collected",
        "f_lower": "1",
        "f_upper": "180",
        "f_direction": "-1",
        "reason": "The ends of the list.",
    }
    again = send(client_of, "model-row-new", made.pk, "criteria", data=sent)
    assert again.status_code == 200
    assert "Nothing was saved yet" in again.text
    entered = held(again)
    answer = send(client_of, "model-row-new", made.pk, "criteria", data=entered)
    assert answer.status_code == 302, answer.context["form"].errors
    made.refresh_from_db()
    row = find(made.table, "criteria", "cpi_rank")
    assert row["function"] == {"kind": "goalposts", "lower": 1, "upper": 180, "direction": -1, "log": False}
    twice = send(
        client_of,
        "model-row-new",
        made.pk,
        "criteria",
        data=entered | {"idempotency_key": new_key(), "revision": made.current_revision()},
    )
    assert twice.status_code == 422
    assert "cpi_rank is the key of 2" in " ".join(twice.context["form"].non_field_errors())

    def order() -> list[str]:
        rows = ScoringModel.objects.get(pk=made.pk).table["criteria"]
        return [row["key"] for row in rows if row["node"] == "governance"]

    before = order()
    page = client_of.get(reverse("model-row", args=[made.pk, "criteria", "cpi_rank"]))
    moved = {
        "by": "up",
        "idempotency_key": page.context["move_form"]["idempotency_key"].value(),
        "revision": made.current_revision(),
    }
    for _ in range(2):
        assert send(client_of, "model-row-move", made.pk, "criteria", "cpi_rank", data=moved).status_code == 302
    assert order() == [*before[:-2], "cpi_rank", before[-2]]
    assert (
        send(client_of, "model-row-move", made.pk, "criteria", "cpi_rank", data=moved | {"by": "over"}).status_code
        == 400
    )
    sent = filled(client_of, "model-row-remove", made.pk, "criteria", "cpi_rank")
    for _ in range(2):
        assert send(client_of, "model-row-remove", made.pk, "criteria", "cpi_rank", data=sent).status_code in (302, 404)
    assert "cpi_rank" not in order()
    assert client_of.get(reverse("model-row", args=[made.pk, "criteria", "cpi_rank"])).status_code == 404


def test_a_node_is_removed_with_its_criteria(client_of: Client, author: User) -> None:
    made = draft(author)
    page = read(client_of, "model-row-remove", made.pk, "nodes", "fit")
    assert "US programming complementarity" in page or "Also removed" in page
    sent = filled(client_of, "model-row-remove", made.pk, "nodes", "fit")
    assert send(client_of, "model-row-remove", made.pk, "nodes", "fit", data=sent).status_code == 302
    made.refresh_from_db()
    assert not [row for row in made.table["criteria"] if row["node"] == "fit"]
    sent = filled(client_of, "model-row-remove", made.pk, "nodes", "political_will")
    answer = send(client_of, "model-row-remove", made.pk, "nodes", "political_will", data=sent)
    assert answer.status_code == 422
    assert "The statute's criterion commitment requires the criterion prosecution" in unescape(answer.text)


FUNCTIONS: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [
    ("minmax", "cpi.score", {"f_direction": "1"}, {"kind": "minmax", "direction": 1, "log": False, "pool": "all"}),
    (
        "percentile",
        "cpi.score",
        {"f_direction": "-1", "f_ties": "min"},
        {"kind": "percentile", "direction": -1, "ties": "min", "pool": "all"},
    ),
    ("zscore", "cpi.score", {"f_direction": "1"}, {"kind": "zscore", "direction": 1, "pool": "all"}),
    (
        "threshold",
        "cpi.score",
        {"f_theta": "40", "f_direction": "1", "f_soft": "on"},
        {"kind": "threshold", "theta": 40, "peer_median": None, "direction": 1, "soft": True},
    ),
    (
        "threshold",
        "cpi.score",
        {"f_peer_median": "income_group", "f_direction": "1"},
        {"kind": "threshold", "theta": None, "peer_median": "income_group", "direction": 1, "soft": False},
    ),
    (
        "piecewise_linear",
        "cpi.score",
        {"f_knots": "0: 0\n40: 0.5\r\n100: 1"},
        {"kind": "piecewise_linear", "knots": [[0, 0], [40, 0.5], [100, 1]]},
    ),
    (
        "target_band",
        "cpi.score",
        {"f_outer_lower": "0", "f_lower": "20", "f_upper": "40", "f_outer_upper": "100"},
        {"kind": "target_band", "outer_lower": 0, "lower": 20, "upper": 40, "outer_upper": 100},
    ),
]


FREE = "freedom_total"
"""A criterion without an error model, which may have any function."""


@pytest.mark.parametrize(
    ("kind", "indicator", "typed", "function"), FUNCTIONS, ids=[f"{f[0]}-{n}" for n, f in enumerate(FUNCTIONS)]
)
def test_each_kind_of_value_function_is_filled_in_with_its_own_fields(
    client_of: Client, author: User, kind: str, indicator: str, typed: dict[str, str], function: dict[str, Any]
) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row", made.pk, "criteria", FREE) | {"kind": kind, "indicator": indicator}
    again = send(client_of, "model-row", made.pk, "criteria", FREE, data=sent | {"switch": "1"})
    assert again.status_code == 200
    entered = held(again)
    assert entered["reason"] == sent["reason"]
    answer = send(client_of, "model-row", made.pk, "criteria", FREE, data=entered | typed)
    assert answer.status_code == 302, answer.context["form"].errors
    found = find(ScoringModel.objects.get(pk=made.pk).table, "criteria", FREE)["function"]
    assert found == function


def test_a_rubric_gets_anchors_and_a_table_a_line_for_each_label(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row", made.pk, "criteria", "forms") | {"anchor_2": "Two forms"}
    assert send(client_of, "model-row", made.pk, "criteria", "forms", data=sent).status_code == 302
    sent = filled(client_of, "model-row", made.pk, "criteria", "forms") | {"anchor_2": ""}
    refused = send(client_of, "model-row", made.pk, "criteria", "forms", data=sent)
    assert "has 4 anchors" in " ".join(refused.context["form"].errors["anchor_0"])
    sent = filled(client_of, "model-row", made.pk, "criteria", "income")
    labels = [name for name in sent if name.startswith("u_")]
    assert len(labels) == 4
    refused = send(client_of, "model-row", made.pk, "criteria", "income", data=sent | {labels[1]: ""})
    assert refused.status_code == 422
    assert "the table does not list LM" in " ".join(refused.context["form"].errors["kind"])
    none = labels[1].replace("u_", "none_")
    filled_in = sent | {labels[1]: "", none: "suppressed"}
    answer = send(client_of, "model-row", made.pk, "criteria", "income", data=filled_in)
    assert answer.status_code == 302, answer.context["form"].errors
    row = find(ScoringModel.objects.get(pk=made.pk).table, "criteria", "income")
    assert len(row["function"]["table"]) == 3
    assert "suppressed" in row["labels_missing"].values()


def test_goalposts_the_wrong_way_round_are_refused_beside_their_field(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row", made.pk, "criteria", "cpi") | {"f_lower": "90"}
    answer = send(client_of, "model-row", made.pk, "criteria", "cpi", data=sent)
    assert answer.status_code == 422
    assert "cpi goalposts are 90" in " ".join(answer.context["form"].errors["f_lower"])


def test_a_hurdle_is_one_test_in_fields_or_a_rule_in_json(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row-new", made.pk, "hurdles") | {
        "key": "free",
        "label": "Freer than half",
        "hurdle_kind": "policy_hurdle",
        "citation": "The office's own policy",
        "criterion": "freedom_total",
        "operator": ">=",
        "value": "50",
    }
    answer = send(client_of, "model-row-new", made.pk, "hurdles", data=sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert "at least 50" in read(client_of, "model", made.pk)
    rule = {
        "kind": "any_of",
        "items": [{"kind": "hurdle", "hurdle": "tier3"}, {"kind": "hurdle", "hurdle": "corruption"}],
    }
    sent = filled(client_of, "model-row", made.pk, "hurdles", "free") | {"joined": json.dumps(rule)}
    assert send(client_of, "model-row", made.pk, "hurdles", "free", data=sent).status_code == 302
    assert find(ScoringModel.objects.get(pk=made.pk).table, "hurdles", "free")["expression"] == rule
    sent = filled(client_of, "model-row", made.pk, "hurdles", "free")
    assert json.loads(sent["joined"]) == rule
    for typed, message in (
        ("{", "This is not valid JSON"),
        ('{"kind": "hurdle", "hurdle": "free"}', "refers to itself"),
        ("[1]", "free expression: the kind is not one of"),
        ('{"kind":"hurdle","hurdle":NaN}', "not a number"),
    ):
        refused = send(client_of, "model-row", made.pk, "hurdles", "free", data=sent | {"joined": typed})
        assert refused.status_code == 422
        assert message in unescape(refused.text)


def test_statutory_criterion_needs_conditions_and_cannot_be_removed(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row", made.pk, "mandatory", "commitment") | {
        "criterion_3": "tier",
        "at_least_3": "0.5",
        "needs": "4",
    }
    assert send(client_of, "model-row", made.pk, "mandatory", "commitment", data=sent).status_code == 302
    assert len(find(ScoringModel.objects.get(pk=made.pk).table, "mandatory", "commitment")["conditions"]) == 4
    sent = filled(client_of, "model-row", made.pk, "mandatory", "commitment") | {"at_least_3": "", "criterion_0": ""}
    refused = send(client_of, "model-row", made.pk, "mandatory", "commitment", data=sent)
    assert set(refused.context["form"].errors) == {"at_least_3", "criterion_0"}
    sent = filled(client_of, "model-row-remove", made.pk, "mandatory", "commitment")
    refused = send(client_of, "model-row-remove", made.pk, "mandatory", "commitment", data=sent)
    assert "The statute's criterion commitment is missing" in unescape(refused.text)


def test_settings_hold_what_belongs_to_the_whole(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-settings", made.pk) | {
        "title": "Default model, revised",
        "rho": "30",
        "changes": "Weights vary by 30 percent.",
        "not_candidates": "United States: The other participant.\nCanada: Agreed with the desk.",
    }
    assert send(client_of, "model-settings", made.pk, data=sent).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.note) == ("Default model, revised", "Weights vary by 30 percent.")
    assert (made.as_table.rho, made.as_table.not_candidates["CAN"]) == (0.3, "Agreed with the desk.")
    assert made.as_table.root_tau == 0  # a method asks for evidence, never for a share of known weight
    assert "root_tau" not in sent
    sent = filled(client_of, "model-settings", made.pk) | {"not_candidates": "Atlantis: it sank", "rho": "nan"}
    refused = send(client_of, "model-settings", made.pk, data=sent)
    assert set(refused.context["form"].errors) == {"not_candidates", "rho"}
    assert "line 1, “Atlantis: it sank”" in unescape(refused.text)


def test_addresses_of_nothing_are_not_there(client_of: Client, author: User) -> None:
    made = draft(author)
    for address in (
        reverse("model", args=[99_999]),
        reverse("model-weights", args=[made.pk, "nowhere"]),
        reverse("model-row", args=[made.pk, "colors", "fit"]),
        reverse("model-row", args=[made.pk, "nodes", "nowhere"]),
        reverse("model-row-new", args=[made.pk, "colors"]),
    ):
        assert client_of.get(address).status_code == 404
    assert client_of.get(reverse("model-row-new", args=[made.pk, "criteria"]) + "?under=nowhere").status_code == 400


# ---- the method ----------------------------------------------------------------------------------------------------


def test_a_version_shows_its_method_as_text(run: ScoreRun, client_of: Client) -> None:
    page = read(client_of, "model", shipped().pk)
    for text in (
        "A value of Child labor, activity or chores, not older than 15 years.",
        "Values of Political rights, Civil liberties and Corruption Perceptions Index, not older than 4 years.",
        "Child labor is not measured within 15 years.",
        "On its axis, 33 of 100 counts as 0 and 85 as 1.",
        "UNICEF, activity or chores if not older than 15 years; else, through a bridge fitted in the run,",
        "An old value is adjusted by -0.07 per year, the trend of the series, credited for 5 years at most.",
        "Editions are due on June 30 of each year.",
        "Values beyond -100 and 60 count as the end.",
        "both surveys are combined by their errors",
        "The pull retains 34% of its distance from the mean.",
        "Any age, newest edition for all",
        "Within the income class.",
        "Vary data, weights, and method.",
        "The score uses 100 minus the published value.",
        "Error: the publisher's standard error, or 2.4 if there is none.",
        "at least 80% of draws of data, weights, and method",
        "those of the same region and income class, else of the same income class, in each case if they are at least",
        "1,152 combinations",
        "Tier 1 counts as Tier 2",
        "Need with 40 points; Feasibility with 60 points",
        "Advancement against child labor: share at each level 4 editions later",
    ):
        assert text in page, text
    assert reverse("model-method", args=[shipped().pk]) not in page


def test_the_method_is_edited_and_its_changes_are_compared_as_text(
    run: ScoreRun, client_of: Client, author: User
) -> None:
    made = draft(author)
    sent = filled(client_of, "model-method", made.pk) | {"first": "15", "in_draws": "75"}
    assert send(client_of, "model-method", made.pk, data=sent).status_code == 302
    sent = filled(client_of, "model-row", made.pk, "rules", "E2") | {"within": "10"}
    assert send(client_of, "model-row", made.pk, "rules", "E2", data=sent).status_code == 302
    sent = filled(client_of, "model-row", made.pk, "nodes", "need") | {"span_high": "80"}
    assert send(client_of, "model-row", made.pk, "nodes", "need", data=sent).status_code == 302
    sent = filled(client_of, "model-estimate", made.pk, "births") | {"drift": "0.3", "trend": ""}
    assert send(client_of, "model-estimate", made.pk, "births", data=sent).status_code == 302
    sent = filled(client_of, "model-row", made.pk, "choices", "balance") | {
        "key_3": "most",
        "label_3": "70 to 30",
        "changes_3": "weight of need: 70\nweight of feasibility: 30",
    }
    assert send(client_of, "model-row", made.pk, "choices", "balance", data=sent).status_code == 302
    made.refresh_from_db()
    table = made.as_table
    assert (table.first, table.method["groups"]["in_draws"] if table.method else None) == (15, 0.75)
    assert find(made.table, "choices", "balance")["options"][3]["weights"] == [["need", 70], ["feasibility", 30]]
    assert find(made.table, "criteria", "births")["estimate"]["trend"] == 0
    compared = read(client_of, "model-compare", made.pk)
    for text in (
        "How many are the first",
        "among the first 20 in at least 75% of draws",
        "Maximum age, years",
        "0 to 80 of 100",
        "Error: added per square root of a year",
        "Error: trend per year",
        "70 to 30 (weight of need: 70, weight of feasibility: 30)",
        "the first 15",
    ):
        assert text in compared, text
    assert "accepts values of 10 years, but its texts mention 15 years" in read(client_of, "model", made.pk)


REFUSED_METHOD: list[tuple[str, tuple[str, ...], dict[str, str], str, str]] = [
    ("model-method", (), {"short": "30"}, "short", "the smaller number is at least 1"),
    ("model-method", (), {"out": "95"}, "in_draws", "in above out"),
    ("model-method", (), {"groupings": "region: fa.region"}, "groupings", "which the model does not have"),
    ("model-method", (), {"groupings": "region"}, "groupings", "a colon, and the indicator"),
    ("model-estimate", ("cpi",), {"scale": "log"}, "published_error", "in the value's own unit"),
    (
        "model-estimate",
        ("prevalence",),
        {"s1_key": "", "s1_label": "", "s1_indicator": "", "s1_series": ""},
        "s0_key",
        "The first series must be its own indicator",
    ),
    ("model-estimate", ("balance",), {"agreement": ""}, "combine", "enter its error and its agreement"),
    ("model-estimate", ("balance",), {"clip_low": "60"}, "clip_low", "the lower first"),
    ("model-estimate", ("balance",), {"clip_high": ""}, "clip_high", "Enter both ends, or neither."),
    ("model-estimate", ("balance",), {"clip_low": ""}, "clip_low", "Enter both ends, or neither."),
    ("model-estimate", ("births",), {"trend_years": "-1"}, "trend_years", "greater than or equal to 0"),
    ("model-estimate", ("births",), {"trend_years": "2.5"}, "trend_years", "whole number"),
    ("model-estimate", ("births",), {"fresh": "101"}, "fresh", "less than or equal to 100"),
    ("model-estimate", ("births",), {"source": "x" * 2001}, "source", "at most 2000 characters"),
    ("model-row", ("nodes", "need"), {"reason": "x" * 2001}, "reason", "at most 2000 characters"),
    ("model-estimate", ("births",), {"combine": "surveys"}, "combine", "combines 1 surveys"),
    ("model-estimate", ("tier",), {"due": "02-29"}, "due", "is due on 02-29"),
    ("model-estimate", ("tier",), {"due": "June"}, "due", "is due on June"),
    ("model-estimate", ("tier",), {"due": ""}, "offset", "Enter this age, or the day"),
    ("model-estimate", ("ilab",), {"due": "12-31", "offset": ""}, "due", "Use the newest complete period"),
    ("model-row", ("criteria", "tier"), {"period": "newest"}, "period", "Use the newest complete period"),
    ("model-row", ("criteria", "births"), {"period": "newest"}, "period", "Use each country's newest"),
    ("model-row", ("criteria", "ilab"), {"max_age": "5"}, "max_age", "Leave the maximum age empty"),
    ("model-method", (), {"income_group": "continent"}, "groupings", "which the model does not have"),
    ("model-row", ("choices", "axes"), {"changes_1": "axes at percentiles: 95 to 5"}, "label_1", "the lower first"),
    ("model-row", ("choices", "axes"), {"changes_1": "axes at percentiles: 5"}, "changes_1", "line 1"),
    ("model-row", ("choices", "axes"), {"changes_1": "value of births: newest"}, "label_1", "are not two surveys"),
    ("model-estimate", ("child_labour",), {"s1_key": "own"}, "s0_key", "names a series twice"),
    ("model-estimate", ("child_labour",), {"s4_label": "A series"}, "s4_key", "a key, a name"),
    ("model-estimate", ("tier",), {"steps": "1 0\n0 1"}, "steps", "not a square of 4 labels"),
    ("model-estimate", ("tier",), {"steps": "1 zero"}, "steps", "line 1"),
    ("model-row", ("nodes", "need"), {"span_low": "90"}, "span_low", "the lower first"),
    ("model-row", ("nodes", "need"), {"span_high": ""}, "span_high", "both ends"),
    ("model-row", ("rules", "E2"), {"least": "2"}, "least", "requires 2 of 1 criteria"),
    ("model-row", ("choices", "scale"), {"changes_0": "arithmetic mean"}, "changes_0", "must change nothing"),
    ("model-row", ("choices", "scale"), {"changes_1": "logarithm: tier"}, "label_1", "not a criterion with goalposts"),
    ("model-row", ("choices", "scale"), {"changes_1": "everything"}, "changes_1", "line 1"),
    (
        "model-row",
        ("criteria", "cpi"),
        {"kind": "percentile", "f_direction": "1", "f_ties": "mid", "shown_for": "percentile cpi.score"},
        "kind",
        "counts by the other countries",
    ),
]


@pytest.mark.parametrize(
    ("name", "args", "typed", "field", "message"),
    REFUSED_METHOD,
    ids=[f"{case[0]}-{'-'.join(case[1])}-{place}" for place, case in enumerate(REFUSED_METHOD)],
)
def test_what_is_wrong_with_a_method_is_refused_beside_its_field(
    client_of: Client, author: User, name: str, args: tuple[str, ...], typed: dict[str, str], field: str, message: str
) -> None:
    made = draft(author)
    sent = {key: value for key, value in (filled(client_of, name, made.pk, *args) | typed).items() if value != ""}
    answer = send(client_of, name, made.pk, *args, data=sent)
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field]), answer.context["form"].errors
    made.refresh_from_db()
    assert made.revision == 1


def test_evidence_and_choices_are_added_and_removed(client_of: Client, author: User) -> None:
    made = draft(author)
    sent = filled(client_of, "model-row-new", made.pk, "rules") | {
        "key": "E6",
        "label": "Literacy within 20 years",
        "lacking": "Literacy is not known within 20 years.",
        "criteria": ["literacy"],
        "within": "20",
    }
    assert send(client_of, "model-row-new", made.pk, "rules", data=sent).status_code == 302
    made.refresh_from_db()
    assert find(made.table, "rules", "E6")["criteria"] == ["literacy"]
    sent = filled(client_of, "model-row-remove", made.pk, "rules", "E6")
    assert send(client_of, "model-row-remove", made.pk, "rules", "E6", data=sent).status_code == 302
    made.refresh_from_db()
    assert made.table == {**shipped().table, "version": "5"}
    sent = filled(client_of, "model-estimate", made.pk, "balance")
    del sent["estimated"]
    assert send(client_of, "model-estimate", made.pk, "balance", data=sent).status_code == 302
    made.refresh_from_db()
    assert "estimate" not in find(made.table, "criteria", "balance")
