"""Pages where findings about rounds, candidates, and scoring models are resolved."""

from __future__ import annotations

from cpc.finding_targets import ANY, explain, resolve_on


def register() -> None:
    # One piece: a list of calls, one for each page that settles findings.
    round_only = ("round",)
    resolve_on(
        "restrictions",
        "Review the restrictions",
        "restriction_bars",
        "restriction_expired",
        "restrictions_not_reviewed",
        needs=("country",),
    )
    resolve_on("model#findings", "See the findings of this version", ANY, needs=("model",))
    resolve_on("model-settings", "Edit the settings", "note", needs=("model",))
    resolve_on("memo-templates", "Upload another template", "template")
    resolve_on("round-edit", "Edit the round", "model_not_published", needs=round_only)
    resolve_on("round-pool", "Change the pool", "pool_empty", "not_in_pool", needs=round_only)
    resolve_on("round", "Compute the score", "not_scored", "score_stale", "score_older", needs=round_only)
    resolve_on(
        "round-requests",
        "Open the consultation",
        "statutory_not_asked",
        "not_asked",
        "no_disposition",
        "objection",
        "edits_open",
        "edits_rejected",
        "position_stale",
        "unopened",
        "gone_on",
        needs=round_only,
    )
    resolve_on("round-consultation", "Wait, or go on", "no_response", needs=round_only)
    resolve_on("imports#upload", "Upload the report", "tiers_unconfirmed")
    resolve_on("round-ratings", "Rate the candidates", "ratings_missing", needs=round_only)
    resolve_on("agencies", "Mark the agencies that the statute names", "no_statutory_consultee")
    resolve_on(
        "round-matrix",
        "Open the comment matrix",
        "critical_open",
        "critical_rejected",
        "major_open",
        "note_rejected",
        needs=round_only,
    )
    resolve_on(
        "round-deliberation",
        "Open the deliberation",
        "no_recommendation",
        "recommendations_missing",
        "undecided",
        needs=round_only,
    )
    resolve_on("round-memos", "Open the memo", "no_memo", needs=round_only)
    resolve_on(
        "ratings-of", "Rate the candidate", "mandatory_not_met", "mandatory_not_known", needs=("round", "country")
    )
    resolve_on("country", "Open the country", "partner", needs=("country",))
    resolve_on(
        "recommend-all",
        "Change money and term",
        "no_terms",
        "proposed_amount",
        "proposed_months",
        needs=round_only,
    )
    resolve_on("agencies", "Mark the agencies that the statute names", "no_criteria_consultee")
    resolve_on("criteria-record", "Record an answer", "criteria_not_consulted", needs=("model",))
    explain("It is about a field of the form itself.", "points", "points_range", "points_top", "rank_points")
    explain("The form that sends the memo asks why it is longer.", "memo_too_long")
    explain("The records that resulted stay as they are; the new decision is recorded beside them.", "sequel_stays")
