"""URLs of scoring models."""

from cpc.web.pages import Page
from selection.model_versions.views import adoptions, comparison, method, rows, steps, versions
from selection.page_frame import CHOOSING

PAGES = [
    Page("models/", versions.models, "models", tab=CHOOSING("Model versions"), below="ranking"),
    Page("models/schema/", versions.schema, "model-schema"),
    Page("models/import/", steps.import_model, "model-import"),
    Page("models/<int:pk>/", versions.one, "model", below="ranking"),
    Page("models/<int:pk>/compare/", comparison.compare, "model-compare"),
    Page("models/<int:pk>/export/", versions.export, "model-export"),
    Page("models/<int:pk>/clone/", steps.clone, "model-clone"),
    Page("models/<int:pk>/publish/", steps.publish, "model-publish"),
    Page("models/<int:pk>/withdraw/", steps.withdraw, "model-withdraw"),
    Page("models/<int:pk>/adopt/", adoptions.adopt, "model-adopt"),
    Page("models/<int:pk>/adoption/withdraw/", adoptions.withdraw, "model-adoption-withdraw"),
    Page("models/<int:pk>/settings/", rows.settings, "model-settings"),
    Page("models/<int:pk>/weights/<slug:key>/", rows.weights, "model-weights"),
    Page("models/<int:pk>/method/", method.method, "model-method"),
    Page("models/<int:pk>/estimate/<slug:key>/", method.estimate, "model-estimate"),
    Page("models/<int:pk>/new/<slug:kind>/", rows.new, "model-row-new"),
    Page("models/<int:pk>/edit/<slug:kind>/<slug:key>/", rows.edit, "model-row"),
    Page("models/<int:pk>/edit/<slug:kind>/<slug:key>/move/", rows.move, "model-row-move"),
    Page("models/<int:pk>/edit/<slug:kind>/<slug:key>/remove/", rows.remove, "model-row-remove"),
]
