"""Pages where findings about partnerships and their records are resolved."""

from __future__ import annotations

from cpc.finding_targets import ANY, explain, resolve_on

OWN = ("partnership",)
CLEARANCE = (
    "clearance_text",
    "clearance_language",
    "clearance_not_asked",
    "clearance_silence",
    "clears_with_edits",
    "does_not_clear",
    "legal_review",
    "terms_changed",
    "went_on_without",
)


def register() -> None:
    _register_terms()
    _register_limits()
    _register_money()
    _register_monitoring()
    _register_dialogues()
    resolve_on("partnership-amendment", "Open the amendment", ANY, needs=("partnership", "amendment"))
    explain(
        "It is about a field of the form itself.",
        "value",
        "doubles",
        "no_data_reason",
        "rate",
        "disaggregation",
        "disaggregation_sum",
        "award_not_started",
        "budget_line_once",
        "budget_sum",
        "category",
        "expended_sum",
        "object_class",
        "entry_basis",
        "origin_country",
        "planned_amount",
        "planned_months",
        "planned_term",
        "terms_differ",
        "schedule_too_long",
        "cumulative_falls",
        "fund_canceled",
        "fund_days",
        "fund_expired",
        "period_quarter",
        "file_bomb",
        "file_empty",
        "file_kind",
        "file_locked",
        "file_macros",
    )
    explain("Another person has to do it; nothing on the record changes that.", "two_people")
    explain("The step isn't one from the current state; the page lists those that are.", "transition")


def _register_terms() -> None:
    resolve_on("partnership-edit", "Edit the partnership", "term_missing", needs=OWN)
    explain("The form of the activity asks for the day.", "actual_end")
    explain("The form of the activity or the milestone has the day.", "future_day", "before_term")
    resolve_on("partnership-edit", "Edit the term", "term_limit_if_signed", needs=OWN)
    of_amendment = ("partnership", "amendment")
    resolve_on("partnership-clearance-text", "See the clearance", *CLEARANCE, needs=of_amendment)
    resolve_on("partnership-clearance", "See the clearance", *CLEARANCE, needs=OWN)
    resolve_on(
        "partnership-amendments", "Change the term by amendment", "not_started", "obligation_after_term", needs=OWN
    )
    resolve_on("partnership", "See the steps", "term_over", needs=OWN)
    resolve_on("partnership-determinations", "See the determinations", "term_not_over", needs=OWN)
    resolve_on("partnership#origin", "Confirm the stated reason", "origin_unconfirmed", needs=OWN)
    resolve_on("partnership#origin", "See the decision", "decision_superseded", needs=OWN)
    resolve_on(
        "round-deliberation",
        "Open the deliberation",
        "decision_superseded",
        "decision_selects",
        "round_undecided",
        "decision_used",
        "decision_country",
        needs=("round",),
    )
    resolve_on("partnership-terms#participant", "Edit the participants", "lead_missing", needs=OWN)
    resolve_on("partnership-terms#objective", "Edit the objectives", "element_a", needs=OWN)
    resolve_on("partnership-terms#responsibility", "Edit the responsibilities", "element_b", needs=OWN)
    resolve_on("partnership-terms#program", "Edit the programs", "element_c", needs=OWN)
    resolve_on("partnership-monitoring", "Edit the outcome indicators", "element_d", needs=OWN)
    resolve_on("partnership-money#contributions", "Edit the contributions", "element_e", needs=OWN)
    resolve_on("partnership-outlook", "Edit the strategies", "element_f", needs=OWN)
    resolve_on("partnership-terms#data-plan", "Edit the data plans", "element_g", needs=OWN)
    resolve_on("partnership-terms", "Edit the terms", "treaty_word", needs=OWN)
    resolve_on("document-templates", "Open the templates", "document_template", "template_changed")
    resolve_on("partnership-determinations", "Record the corrections", "ground_open", needs=OWN)
    resolve_on(
        "partnership-amendment",
        "Change the amendment",
        "amendment_kind",
        "amendment_outdated",
        "ends_before_step",
        "first_day_frozen",
        "objective_in_use",
        needs=("partnership", "amendment"),
    )


def _register_limits() -> None:
    resolve_on(
        "partnership-exceptions",
        "Request a limit exception",
        "term_limit",
        "planned_limit",
        "notified_limit",
        "awarded_limit",
        "obligated_limit",
        "disbursed_limit",
        needs=OWN,
    )
    resolve_on("partnership-terms#program", "Edit the programs", "awarded_over_planned", needs=OWN)
    notified = "not_notified", "fund_not_notified"
    resolve_on("partnership-money#notifications", "Record a notification", *notified, needs=OWN)


def _register_money() -> None:
    award = ("partnership", "award")
    of_ledger = (
        "obligated_over_awarded",
        "disbursed_over_obligated",
        "award_obligated_over_awarded",
        "award_disbursed_over_obligated",
        "obligation_before_force",
        "ledger_by_day",
        "fund_disbursed_over_obligated",
        "nothing_to_adjust",
        "not_liquidated",
    )
    resolve_on("award#ledger", "Open the ledger", *of_ledger, needs=award)
    resolve_on("partnership-money#awards", "Open the awards", *of_ledger, needs=OWN)
    of_award = (
        "award_past_term",
        "award_hard_end",
        "government_recipient",
        "training_not_certified",
        "statement_missing",
        "not_competed",
        "identifiers_missing",
    )
    resolve_on("award-edit", "Edit the award", *of_award, needs=award)
    resolve_on("partnership-money#awards", "Open the awards", *of_award, "award_open", "report_open", needs=OWN)
    resolve_on("award-state", "Change the state of the award", "award_state", needs=award)
    resolve_on("partnership-determinations", "See the determination", "entity_suspended", needs=OWN)
    resolve_on("partnership", "See the state of the partnership", "partnership_status", needs=OWN)
    resolve_on("partnership-money#contributions", "See the contributions", "us_cash_beside_limit", needs=OWN)
    resolve_on("partnership-money-plan", "Open the plan by year", "planned_over_allocated", needs=OWN)


def _register_monitoring() -> None:
    period = ("partnership", "period")
    resolve_on(
        "partnership-monitoring",
        "Open the monitoring plan",
        "outcome_indicator_missing",
        "target_missing",
        "targets_differ",
        "targets_outside_term",
        "baseline_missing",
        "actual_without_baseline",
        "plan_not_approved",
        needs=OWN,
    )
    of_results = ("result_missing", "reporter_missing", "counts", "deviation_unexplained")
    resolve_on("partnership-period-results", "Record the results", *of_results, needs=period)
    explain("Only time resolves it: the period isn't over yet.", "period_open")


def _register_dialogues() -> None:
    dialogue = ("partnership", "dialogue")
    resolve_on(
        "partnership-dialogue",
        "Open the dialogue",
        "key_indicator_missing",
        "agenda_sustainability",
        "agenda_contributions",
        needs=dialogue,
    )
    resolve_on(
        "partnership-money#contributions", "Record the contributions", "partner_contributions_missing", needs=OWN
    )
    resolve_on("partnership-dialogue-edit", "Enter the dates", "held_from", needs=dialogue)
    resolve_on(
        "partnership-dialogue-minutes",
        "Write the minutes",
        "indicator_not_minuted",
        "point_not_minuted",
        needs=dialogue,
    )
    explain("The dates are past; the warning stays on the record.", "key_indicators_late")
