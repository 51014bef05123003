"""What pages and the REST interface may ask of rankings.

`runs` finds stored runs, `ranking` lays one out as rows, `country` gathers all about one country, `comparison`
sets two runs side by side, and `method` tells how the model is made.
"""

from selection.queries.ranking import Ranking, RankingRow, ranking_of
from selection.queries.runs import find_run, newest_run, runs

__all__ = ("Ranking", "RankingRow", "find_run", "newest_run", "ranking_of", "runs")
