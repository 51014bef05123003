"""Last parts of a memo: the files that its score rests on, and the page of record with its hashes."""

from __future__ import annotations

from collections.abc import Iterable

from cpc.grouping import grouped
from indicators.models import Observation
from selection.candidates.queries import RoundPage
from selection.decisions.memo.problem import TIER
from selection.decisions.queries import manifest_of
from selection.models import ScoreRun
from selection.proof.queries import bundle_of
from selection.proof.services import bundle_manifest_hash
from selection.scoring import sha256_of

FILE = ("indicator__source__publisher", "indicator__source__title", "edition", "file__name", "file__sha256")


def sources_of(page: RoundPage, printed: Iterable[int] = ()) -> list[dict[str, str]]:
    """Return publisher, edition, and file of every observation that the score took or the memo prints, each once."""
    scores = page.run.run.countries.all() if page.run is not None else ()
    taken = {
        key
        for score in scores
        for line in score.lines
        for key in line.get("observations", (line["observation"],))
        if key is not None
    }
    rows = Observation.objects.filter(pk__in=taken.union(printed)).order_by(*FILE[:4]).distinct()
    names = ("publisher", "source", "edition", "file", "sha256")
    found = []
    for row, same in grouped(rows.values_list(*FILE, "indicator__code", "quality"), lambda row: row[:5]).items():
        source = dict(zip(names, map(str, row), strict=True))
        if (TIER, "unconfirmed") in {seen[5:] for seen in same}:
            source["source"] += " (third-party list)"
        found.append(source)
    return found


def record_of(page: RoundPage, *, with_decisions: bool = True, makes_proof: bool = True) -> list[dict[str, str]]:
    """Return the hashes of what a memo rests on.

    A memo for decision leaves out the decisions, which are recorded after it. The proof bundle is made with the memo; a
    draft has its line only if there is a bundle.
    """
    selection_round, lines = page.round, []
    if page.run is not None:
        run = page.run.run
        lines = [
            {"what": "Score", "value": f"{page.run.number}, run {run.pk}, engine {run.engine_version}"},
            {"what": "Draws and seed", "value": f"{run.draws:,}, {run.seed}"},
            {"what": "SHA-256 of the model", "value": run.model_hash},
            {"what": "SHA-256 of the snapshot", "value": run.snapshot_hash},
            {"what": "SHA-256 of pool and ratings", "value": run.inputs_hash},
            *_proof(run, makes_proof),
        ]
    model = [
        {"what": "Model, evidence", "value": f"{selection_round.model}, publication {selection_round.as_of}"},
        {"what": "SHA-256 of the model's table", "value": selection_round.model.table_hash},
    ]
    left_out = {"memos"} if with_decisions else {"memos", "decisions", "acknowledgments", "discussions"}
    rests_on = {part: rows for part, rows in manifest_of(selection_round).items() if part not in left_out}
    also = ", and decisions" if with_decisions else ""
    manifest = {"what": f"SHA-256 of positions, notes, ratings{also}", "value": sha256_of(rests_on)}
    return [*model, *lines, manifest]


def _proof(run: ScoreRun, makes_proof: bool) -> list[dict[str, str]]:
    """Return the hash of the bundle with which an auditor recomputes the score offline."""
    bundle = None if makes_proof else bundle_of(run)
    digest = bundle_manifest_hash(run) if makes_proof else bundle.manifest_sha256 if bundle else ""
    return [{"what": "SHA-256 of the proof bundle's manifest", "value": digest}] if digest else []
