"""Services for backtests: compute one, or return the existing one if the question is the same."""

from __future__ import annotations

import json

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cpc.accounts.models import User
from cpc.audit.services import record
from selection.backtest.queries import asked_now, findings_of
from selection.models import Backtest, ScoreRun
from selection.runs.queries.basis import basis_of
from selection.runs.queries.stored_runs import newest_run
from selection.scoring import ENGINE_VERSION, sha256_of
from selection.scoring.uncertainty import seed_from_hash

DRAWS = 10_000
"""Draws of a backtest if its run has none."""

MOST_YEARS = 5
"""Most years by which a cutoff may be moved back: earlier, hardly anything was published."""


def compute_backtest(*, actor: User | None, run: ScoreRun | None = None, shift: int = 0) -> Backtest:
    """Place every past partner on the data published before it was selected, and store that with a run.

    `run` defaults to the one that pages show first; `shift` is the number of years by which every cutoff is moved
    back. The same question asked again (a double click) returns the existing backtest. Raise `ValidationError` of code
    `no_run`, `no_method`, `no_partner` or `shift`.
    """
    run = run or newest_run()
    if run is None:
        raise ValidationError("No ranking yet. Compute one first.", code="no_run")
    if not 0 <= shift <= MOST_YEARS:
        raise ValidationError(f"Move the cutoff by 0 to {MOST_YEARS} years.", code="shift")
    asked = asked_now(run, shift)
    if not asked.signatures:
        raise ValidationError(f"No recorded partnership was signed by the date of run {run.pk}.", code="no_partner")
    inputs = asked.to_dict()
    question = {"run": run, "shift": shift, "inputs_hash": sha256_of(inputs), "engine_version": ENGINE_VERSION}
    if (known := Backtest.objects.filter(**question).first()) is not None:
        return known
    basis = basis_of(run)
    if basis is None:
        message = (
            f"Run {run.pk} was not made by the current method. You can compute a backtest only for runs by the "
            f"current method."
        )
        raise ValidationError(message, code="no_method")
    seed = seed_from_hash(sha256_of([run.snapshot_hash, run.model_hash, inputs]))
    draws = run.draws or DRAWS
    findings = findings_of(run, basis, asked, draws=draws, seed=seed)
    # Convert through JSON once, as the stored result was.
    stored = {
        "inputs": inputs,
        "seed": str(seed),
        "draws": draws,
        "result": json.loads(json.dumps(findings.to_dict())),
    }
    try:
        with transaction.atomic():
            made = Backtest.objects.create(**question, **stored, computed_by=actor)
            record(actor=actor, action="computed", target=made, after={"run": run.pk, "shift": shift})
    except IntegrityError:
        # Another request stored the same backtest meanwhile; both results are equal.
        return Backtest.objects.get(**question)
    return made
