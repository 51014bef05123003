"""Thirty faults, each with the test that detects it.

A fault edits a template, the schema, or the function of a given name in any file, so it survives moves of files and
tests. If a function was renamed or rewritten, the run names the fault to update.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One change: in `where`, the text `old` becomes `new`; `test` is the function that then fails.

    `where` is the name of a function or method, such as `NoteQuerySet.visible_to`, or of a template. A fault of the
    schema names the app instead and has `sql`, which an additional migration of that app runs.
    """

    name: str
    where: str
    test: str
    old: str = ""
    new: str = ""
    sql: str = ""


FAULTS = (
    Fault(
        "a page forgets the permission it asks for",
        "requires.decorate.guarded",
        "test_every_url_answers_each_visitor_as_tabled",
        "check(user, permission)\n            return view",
        "return view",
    ),
    Fault(
        "an endpoint forgets the permission it asks for",
        "HasRolePermission.has_permission",
        "test_every_url_answers_each_visitor_as_tabled",
        "        check(user, required)\n",
        "",
    ),
    Fault(
        "what is hidden answers that it is forbidden",
        "check",
        "test_every_url_answers_each_visitor_as_tabled",
        "        raise Http404\n",
        "        raise PermissionDenied\n",
    ),
    Fault(
        "a note for the office is shown to another agency",
        "NoteQuerySet.visible_to",
        "test_no_visitor_is_given_a_word_that_is_not_for_them",
        "shared = Q(visibility=NoteVisibility.ALL) &",
        "shared = ~Q(visibility=NoteVisibility.AGENCY) &",
    ),
    Fault(
        "an agency learns of a candidate it was not asked about",
        "CandidateQuerySet.visible_to",
        "test_hidden_records_answer_like_missing_ones",
        "return self.in_pool().filter(**asked).distinct()",
        "return self.in_pool()",
    ),
    Fault(
        "what somebody wrote is run as markup",
        "notes/_note.html",
        "test_what_people_wrote_is_never_run_and_files_are_only_downloaded",
        "{{ note.text|linebreaks }}",
        "{{ note.text|safe }}",
    ),
    Fault(
        "the second of two writers overwrites the first",
        "check_revision",
        "test_the_second_of_two_sees_the_conflict_and_keeps_the_draft",
        "if expected is not None and expected != current:",
        "if False:",
    ),
    Fault(
        "a form that is sent twice is carried out twice",
        "run_once",
        "test_key_performs_once_and_redirects_to_the_same_url",
        "if earlier is not None:",
        "if False:",
    ),
    Fault(
        "the database lost the check of an award's obligations",
        "partnerships",
        "test_each_total_stays_within_the_one_it_is_taken_from",
        sql="ALTER TABLE partnerships_award DROP CONSTRAINT award_obligated_over_awarded",
    ),
    Fault(
        "the database lost the guard of the audit trail",
        "append_only",
        "test_raw_sql_cannot_change_the_trail",
        'pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),',
        "",
    ),
    Fault(
        "a ledger entry counts with the wrong sign",
        "_amount_findings",
        "test_each_total_stays_within_the_one_it_is_taken_from",
        "getattr(totals, total) + sign * entry.amount",
        "getattr(totals, total) - sign * entry.amount",
    ),
    Fault(
        "a field of a form lost its label",
        "components/field.html",
        "test_pages_are_sound",
        ' for="{{ ident }}">{{ field.label }}{% if not',
        ">{{ field.label }}{% if not",
    ),
    Fault(
        "a cell of an export is a formula",
        "harmless",
        "test_a_formula_in_csv_is_only_text",
        "if text.startswith(FORMULA_STARTS)",
        "if False",
    ),
    Fault(
        "a value names the cell below the one it was read from",
        "SourceTable.locator",
        "test_a_bad_row_is_reported_with_its_cell",
        "{row + 1}",
        "{row + 2}",
    ),
    Fault(
        "a term may last a day longer than the limit",
        "latest_lawful_end",
        "test_the_fifth_anniversary_is_lawful_and_the_day_after_is_not",
        "return add_months(first, limits.term_months)",
        "return add_months(first, limits.term_months) + date.resolution",
    ),
    Fault(
        "an expired token is valid", "recognize", "test_a_token_ends_when_it_expires", "or not token.is_valid(now) ", ""
    ),
    Fault(
        "a link opens twice",
        "use",
        "test_password_link_keeps_the_old_password_until_used_then_ends_sessions",
        "    invitation.used_at = TransactionNow()\n",
        "",
    ),
    Fault(
        "a row is written and no entry says so",
        "create",
        "test_the_clock_starts_warns_and_announces_once",
        "    record(actor=actor, action=action, target=row, after=_shown(audit_values(row), private))\n",
        "",
    ),
    Fault(
        "a lower value scores higher",
        "goalposts",
        "test_linear_kinds_both_ways",
        "if direction > 0",
        "if direction < 0",
    ),
    Fault(
        "an interval is too narrow",
        "rank_intervals",
        "test_rank_intervals_are_whole_ranks_by_cumulated_share",
        "cumulated * 100 >= q * total",
        "cumulated * 100 > q * total",
    ),
    Fault(
        "a rank needs no evidence",
        "_evidence",
        "test_a_rank_needs_every_rule_and_bounds_need_a_fact",
        "Status.PROVISIONAL if failed else Status.RANKED",
        "Status.RANKED",
    ),
    Fault(
        "a country stands in for itself",
        "PeerGroup.of",
        "test_no_country_substitutes_for_itself",
        "has[everyone] & (everyone != position)",
        "has[everyone]",
    ),
    Fault(
        "a value through a bridge counts as exact",
        "_alone",
        "test_first_fresh_series_counts_else_the_first",
        "drift, bridge.residual, 0.0)",
        "drift, 0.0, 0.0)",
    ),
    Fault(
        "a replay takes the pool of today",
        "selection_of",
        "test_runs_of_both_engines_replay_after_imports_and_decisions",
        'PoolInputs.from_dict(inputs["pool"])',
        '__import__("selection.lookups.pool", fromlist=["pool"]).pool_inputs(on)',
    ),
    Fault(
        "a country without a rank takes a place from others",
        "places",
        "test_a_place_counts_ranked_countries_alone",
        "scores[known & ranked]",
        "scores[known]",
    ),
    Fault(
        "an axis counts from 0 to 100 whatever its range",
        "Child.scaled",
        "test_two_axes_and_a_geometric_mean",
        "if self.span is None:",
        "if True:",
    ),
    Fault(
        "an estimate filled from others meets the statute",
        "documented",
        "test_only_what_is_documented_meets_the_statute",
        'if line["state"] not in _COUNTS or line["u"] is None:',
        'if line["u"] is None:',
    ),
    Fault(
        "a ranking moves because a year begins",
        "shown_first",
        "test_new_year_alone_moves_no_rank_but_a_new_run_shows_its_effect",
        ".exclude(inputs__has_key=BESIDE)",
        "",
    ),
    Fault(
        "a page takes any parameter",
        "check_parameters",
        "test_an_unknown_parameter_is_named",
        "    if unknown:\n",
        "    if False:\n",
    ),
    Fault(
        "an answer has no number",
        "RequestIdMiddleware.__call__",
        "test_headers_of_every_answer",
        '            response["X-Request-ID"] = identifier\n',
        "",
    ),
)
