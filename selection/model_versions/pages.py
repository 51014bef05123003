"""Addresses of scoring models."""

from django.urls import path

from selection.model_versions.views import (
    adoptions as adoptions_views,
)
from selection.model_versions.views import (
    comparison as comparison_views,
)
from selection.model_versions.views import (
    method as method_views,
)
from selection.model_versions.views import (
    rows as rows_views,
)
from selection.model_versions.views import (
    steps as steps_views,
)
from selection.model_versions.views import (
    versions as versions_views,
)

urlpatterns = [
    path("models/", versions_views.models, name="models"),
    path("models/schema/", versions_views.schema, name="model-schema"),
    path("models/import/", steps_views.ImportModel.as_view(), name="model-import"),
    path("models/<int:pk>/", versions_views.one, name="model"),
    path("models/<int:pk>/compare/", comparison_views.compare, name="model-compare"),
    path("models/<int:pk>/export/", versions_views.export, name="model-export"),
    path("models/<int:pk>/clone/", steps_views.CloneModel.as_view(), name="model-clone"),
    path("models/<int:pk>/publish/", steps_views.PublishModel.as_view(), name="model-publish"),
    path("models/<int:pk>/withdraw/", steps_views.WithdrawModel.as_view(), name="model-withdraw"),
    path("models/<int:pk>/adopt/", adoptions_views.AdoptModel.as_view(), name="model-adopt"),
    path(
        "models/<int:pk>/adoption/withdraw/", adoptions_views.WithdrawAdoption.as_view(), name="model-adoption-withdraw"
    ),
    path("models/<int:pk>/settings/", rows_views.EditSettings.as_view(), name="model-settings"),
    path("models/<int:pk>/weights/<slug:key>/", rows_views.EditWeights.as_view(), name="model-weights"),
    path("models/<int:pk>/method/", method_views.EditMethod.as_view(), name="model-method"),
    path("models/<int:pk>/estimate/<slug:key>/", method_views.EditEstimate.as_view(), name="model-estimate"),
    path("models/<int:pk>/new/<slug:kind>/", rows_views.AddRow.as_view(), name="model-row-new"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/", rows_views.EditRow.as_view(), name="model-row"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/move/", rows_views.MoveRow.as_view(), name="model-row-move"),
    path(
        "models/<int:pk>/edit/<slug:kind>/<slug:key>/remove/", rows_views.RemoveRow.as_view(), name="model-row-remove"
    ),
]
