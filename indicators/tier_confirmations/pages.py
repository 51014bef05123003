"""URLs of the pages on which tiers are confirmed."""

from cpc.web.pages import Page
from indicators.tier_confirmations import views

PAGES = [
    Page("tiers/", views.tiers, "tier-list"),
    Page("tiers/form/<slug:kind>/", views.tier_form, "tier-form"),
    Page("tiers/<int:year>/<slug:code>/", views.ConfirmTier, "tier-confirm"),
    Page("tiers/<int:year>/<slug:code>/undo/", views.UndoConfirmation, "tier-undo"),
    Page("tiers/spot-check/<int:pk>/", views.spot_check_page, "tier-spot-check"),
    Page("tiers/spot-check/<int:pk>/<int:draw>/", views.ReadTier, "tier-read"),
    Page("tiers/spot-check/<int:pk>/<int:draw>/settle/", views.SettleTier, "tier-settle"),
]
