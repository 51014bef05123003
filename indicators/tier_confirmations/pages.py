"""URLs of the pages on which tiers are confirmed."""

from cpc.web.pages import Page
from indicators.tier_confirmations.views import tiers

PAGES = [
    Page("tiers/", tiers.tiers, "tier-list"),
    Page("tiers/form/<slug:kind>/", tiers.tier_form, "tier-form"),
    Page("tiers/<int:year>/<slug:code>/", tiers.ConfirmTier, "tier-confirm"),
    Page("tiers/<int:year>/<slug:code>/undo/", tiers.UndoConfirmation, "tier-undo"),
    Page("tiers/spot-check/<int:pk>/", tiers.spot_check_page, "tier-spot-check"),
    Page("tiers/spot-check/<int:pk>/<int:draw>/", tiers.ReadTier, "tier-read"),
    Page("tiers/spot-check/<int:pk>/<int:draw>/settle/", tiers.SettleTier, "tier-settle"),
]
