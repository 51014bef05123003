"""URLs of scoring models."""

from cpc.web.pages import Page
from selection.model_versions.views import adoptions, comparison, method, rows, steps, versions
from selection.tabs import CHOOSING

PAGES = [
    Page("models/", versions.models, "models", tab=CHOOSING("Model versions"), below="ranking"),
    Page("models/schema/", versions.schema, "model-schema"),
    Page("models/import/", steps.ImportModel, "model-import"),
    Page("models/<int:pk>/", versions.show_version, "model", below="ranking"),
    Page("models/<int:pk>/compare/", comparison.compare, "model-compare"),
    Page("models/<int:pk>/export/", versions.export, "model-export"),
    Page("models/<int:pk>/clone/", steps.CloneModel, "model-clone"),
    Page("models/<int:pk>/publish/", steps.PublishModel, "model-publish"),
    Page("models/<int:pk>/withdraw/", steps.WithdrawModel, "model-withdraw"),
    Page("models/<int:pk>/adopt/", adoptions.AdoptModel, "model-adopt"),
    Page("models/<int:pk>/adoption/withdraw/", adoptions.WithdrawAdoption, "model-adoption-withdraw"),
    Page("models/<int:pk>/settings/", rows.EditSettings, "model-settings"),
    Page("models/<int:pk>/weights/<slug:key>/", rows.EditWeights, "model-weights"),
    Page("models/<int:pk>/method/", method.EditMethod, "model-method"),
    Page("models/<int:pk>/estimate/<slug:key>/", method.EditEstimate, "model-estimate"),
    Page("models/<int:pk>/new/<slug:kind>/", rows.AddRow, "model-row-new"),
    Page("models/<int:pk>/edit/<slug:kind>/<slug:key>/", rows.EditRow, "model-row"),
    Page("models/<int:pk>/edit/<slug:kind>/<slug:key>/move/", rows.MoveRow, "model-row-move"),
    Page("models/<int:pk>/edit/<slug:kind>/<slug:key>/remove/", rows.RemoveRow, "model-row-remove"),
]
