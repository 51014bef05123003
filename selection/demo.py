"""The demonstration's part of the selection: a first ranking."""

from __future__ import annotations

from cpc.demo import Progress
from selection.models import ScoreRun
from selection.services import compute_screen


def load_screen(progress: Progress) -> str:
    """Compute the desk screen once; a later start leaves the runs as they are."""
    progress(0, 1)
    if ScoreRun.objects.exists():
        return ""
    run = compute_screen(actor=None)
    return f"{run.ranked} countries ranked"
