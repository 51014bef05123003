"""URLs of this app's pages."""

from cpc.web.pages import url_patterns
from indicators.curated import pages as curated
from indicators.imports import pages as imports
from indicators.name_mappings import pages as name_mappings
from indicators.narrative_reviews import pages as narrative_reviews
from indicators.narratives import pages as narratives
from indicators.observations import pages as observations
from indicators.tier_confirmations import pages as tier_confirmations
from indicators.tip_recommendations import pages as tip_recommendations
from indicators.updates import pages as updates

urlpatterns = url_patterns(
    [
        *observations.PAGES,
        *imports.PAGES,
        *updates.PAGES,
        *name_mappings.PAGES,
        *narratives.PAGES,
        *narrative_reviews.PAGES,
        *tier_confirmations.PAGES,
        *tip_recommendations.PAGES,
        *curated.PAGES,
    ]
)
