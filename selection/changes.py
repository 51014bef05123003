"""Changes of the selection that the feed tells: models, runs, rounds, consultation, notes, and decisions.

Reviewers see the requests, positions, and notes of their own agency; a note that only its agency sees is for it alone.
"""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.changes.feed import at, feed, leave_out
from selection import models

RANKINGS, ROUNDS, NOTES = Permission.VIEW_RANKINGS, Permission.VIEW_ROUNDS, Permission.VIEW_NOTES
OWN_ROUND = "{r}.round_id"
OF_CANDIDATE = "(SELECT k.round_id FROM selection_candidate k WHERE k.id = {r}.candidate_id)"
COUNTRY = {
    "country": "(SELECT l.code FROM selection_candidate k JOIN indicators_country l ON l.id = k.country_id "
    "WHERE k.id = {r}.candidate_id)"
}
OF_REQUEST = "(SELECT q.round_id FROM selection_consultationrequest q WHERE q.id = {r}.request_id)"
SENT = "(SELECT q.agency_id FROM selection_consultationrequest q WHERE q.id = {r}.request_id AND q.sent_at IS NOT NULL)"
"""The agency of a request that was sent: it does not know of one that was not."""


def _of_position(what: str) -> str:
    return (
        f"(SELECT q.{what} FROM selection_position p JOIN selection_consultationrequest q ON q.id = p.request_id "  # noqa: S608
        "WHERE p.id = {r}.position_id)"
    )


def _of_note(value: str, note: str) -> str:
    """Return SQL for a value of a note, whose key is the SQL `note`."""
    return f"(SELECT {value} FROM selection_note t WHERE t.id = {note})"  # noqa: S608  # our own names alone


READ_BY = "CASE WHEN {note}.visibility = 'agency' THEN 'CONSULT' ELSE 'VIEW_NOTES' END"
"""The permission that a note needs. One that only its agency sees is hidden from the office."""


def register() -> None:
    """Put the tables of this app into the feed."""
    _models_and_runs()
    _rounds()
    _consultation()
    _notes()
    _decisions()
    _left_out()


def _models_and_runs() -> None:
    feed(models.ScoringModel, RANKINGS, also=("key",))
    feed(models.Adoption, RANKINGS)
    feed(models.ScoreRun, RANKINGS, subject="run", url=at("ranking", "key"), also=("model_key", "model_version"))
    feed(models.Backtest, RANKINGS)
    feed(models.PoolPolicy, RANKINGS, url=at("pool"))
    feed(models.Admission, RANKINGS, url=at("pool"))
    feed(models.CriteriaRequest, RANKINGS)
    feed(models.CriteriaAnswer, RANKINGS)
    feed(models.WeightingExercise, RANKINGS, url=at("weightings"))


def _rounds() -> None:
    feed(models.SelectionRound, ROUNDS, subject="round", round="{r}.id", url=at("round-positions", "key"))
    feed(models.Candidate, ROUNDS, round=OWN_ROUND)
    feed(models.RoundRun, ROUNDS, round=OWN_ROUND)
    feed(models.EvidenceVersion, ROUNDS, round=OF_CANDIDATE, extra=COUNTRY)
    feed(models.RatingHandIn, ROUNDS, round=OWN_ROUND, url=at("round-ratings", "round"))
    feed(models.RoundFreeze, ROUNDS, round=OWN_ROUND)
    feed(models.RestrictionFinding, ROUNDS, subject="restriction", also=("code",))
    feed(models.CandidateDocument, ROUNDS, round=OF_CANDIDATE, extra=COUNTRY)


def _consultation() -> None:
    url = at("round-positions", "round")
    sent = "CASE WHEN {r}.sent_at IS NOT NULL THEN {r}.agency_id END"
    feed(models.ConsultationRequest, ROUNDS, subject="request", round=OWN_ROUND, agency=sent, url=url)
    feed(models.RequestCandidate, ROUNDS, round=OF_REQUEST, agency=SENT, url=url, extra=COUNTRY)
    feed(models.DueChange, ROUNDS, round=OF_REQUEST, agency=SENT, url=url)
    feed(models.NotApplicable, ROUNDS, subject="not_asked", round=OWN_ROUND)
    feed(models.CutShort, ROUNDS, round=OWN_ROUND)
    feed(models.CutShortLine, ROUNDS, round=OF_REQUEST)
    feed(models.ProceedWithout, ROUNDS, round=OF_REQUEST, extra=COUNTRY)
    feed(models.Position, ROUNDS, round=OF_REQUEST, agency=SENT, url=url, extra=COUNTRY)
    feed(models.Disposition, ROUNDS, round=_of_position("round_id"), agency=_of_position("agency_id"), url=url)
    feed(models.ExtensionAnswer, ROUNDS, round=_of_position("round_id"), agency=_of_position("agency_id"), url=url)


def _notes() -> None:
    # The number and visibility that a note had while it was private would tell the office how many more there are.
    private = ("visibility", "number", "series", "private_number")
    shared = "o.visibility = 'agency' AND n.visibility <> 'agency'"
    feed(
        models.Note,
        NOTES,
        round=OWN_ROUND,
        agency="{r}.agency_id",
        permission_sql=READ_BY.format(note="{r}"),
        hidden=private,
        moments={"shared": shared, "widened": "o.visibility = 'office' AND n.visibility = 'all'"},
    )
    note = "{r}.note_id"
    options = {
        "round": _of_note("t.round_id", note),
        "agency": _of_note("t.agency_id", note),
        "permission_sql": _of_note(READ_BY.format(note="t"), note),
    }
    feed(models.NoteReply, NOTES, **options)
    feed(models.Adjudication, NOTES, **options)
    note = "(SELECT a.note_id FROM selection_adjudication a WHERE a.id = {r}.adjudication_id)"
    feed(
        models.Concurrence,
        NOTES,
        round=_of_note("t.round_id", note),
        agency=_of_note("t.agency_id", note),
        permission_sql=_of_note(READ_BY.format(note="t"), note),
    )


def _decisions() -> None:
    feed(models.Recommendation, ROUNDS, round=OF_CANDIDATE, extra=COUNTRY)
    feed(models.Decision, ROUNDS, round=OF_CANDIDATE, extra=COUNTRY)
    feed(models.Memo, NOTES, round=OWN_ROUND)
    feed(models.MemoTemplate, NOTES)
    asked = (
        "(SELECT k.round_id FROM selection_recommendation c JOIN selection_candidate k ON k.id = c.candidate_id "
        "WHERE c.id = {r}.recommendation_id)"
    )
    feed(models.Discussion, NOTES, round=asked)


def _left_out() -> None:
    again = "The round tells it: round.state_changed."
    leave_out(again, models.RoundStep)
    leave_out("The candidate tells it: candidate.changed.", models.CandidateMove)
    leave_out("A run never changes: read its countries after run.added.", models.CountryScore)
    leave_out("Raters judge apart, so no one learns of others' ratings before their own.", models.Rating)
    leave_out("It comes with its rating.", models.RatingEvidence)
    leave_out("A draft is its author's alone.", models.PositionDraft)
    leave_out("Who opened what is shown beside a position alone.", models.EvidenceOpening)
    leave_out("A mention is a message to one person.", models.NoteMention)
    leave_out("A file is read with its note.", models.NoteAttachment)
    leave_out("It comes with its decision.", models.Acknowledgment)
    leave_out("The notes of a workbook tell it: note.added.", models.MatrixUpload)
    leave_out("The positions of a workbook tell it: position.added.", models.ResponseUpload)
    leave_out("A saved question is its author's until it is shared by a link.", models.Scenario)
    leave_out("It is computed for the page of one update.", models.UpdateEffect)
    leave_out("A proof is made of a run when somebody asks for it.", models.ProofBundle)
    leave_out("Who takes part is under the rule of the exercise.", models.WeightingParticipant)
    leave_out("Answers are under the rule of the exercise.", models.StatedWeights)
    leave_out("The draft tells it: scoring_model.added.", models.WeightingDraft)
