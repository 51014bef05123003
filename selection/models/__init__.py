"""Which country, and why."""

from selection.models.runs import CountryScore, CountryStatus, ScoreRun, StageChoice

__all__ = ("CountryScore", "CountryStatus", "ScoreRun", "StageChoice")
