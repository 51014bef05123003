"""URLs of the selection: the pages of every room. Their order is that of the tabs."""

from cpc.web.pages import url_patterns
from selection.backtest import pages as backtest
from selection.comment_matrix import pages as comment_matrix
from selection.consultation import pages as consultation
from selection.countries import pages as countries
from selection.country_comparison import pages as country_comparison
from selection.criteria_consultation import pages as criteria_consultation
from selection.decisions import pages as decisions
from selection.dossier import pages as dossier
from selection.going_on import pages as going_on
from selection.how_sure import pages as how_sure
from selection.method import pages as method
from selection.model_versions import pages as model_versions
from selection.notes import pages as notes
from selection.pool import pages as pool
from selection.proof import pages as proof
from selection.ranking import pages as ranking
from selection.ratings import pages as ratings
from selection.restrictions import pages as restrictions
from selection.review import pages as review
from selection.rounds import pages as rounds
from selection.run_comparison import pages as run_comparison
from selection.signing import pages as signing
from selection.update_effect import pages as update_effect
from selection.weighting import pages as weighting
from selection.what_if import pages as what_if
from selection.what_it_takes import pages as what_it_takes

urlpatterns = url_patterns(
    [
        *rounds.PAGES,
        *ratings.PAGES,
        *restrictions.PAGES,
        *going_on.PAGES,
        *consultation.PAGES,
        *review.PAGES,
        *comment_matrix.PAGES,
        *notes.PAGES,
        *dossier.PAGES,
        *decisions.PAGES,
        *signing.PAGES,
        *ranking.PAGES,
        *countries.PAGES,
        *what_it_takes.PAGES,
        *what_if.PAGES,
        *country_comparison.PAGES,
        *how_sure.PAGES,
        *backtest.PAGES,
        *model_versions.PAGES,
        *criteria_consultation.PAGES,
        *update_effect.PAGES,
        *weighting.PAGES,
        *pool.PAGES,
        *run_comparison.PAGES,
        *proof.PAGES,
        *method.PAGES,
    ]
)
