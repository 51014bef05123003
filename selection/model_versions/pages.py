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
    path("models/import/", steps_views.import_model, name="model-import"),
    path("models/<int:pk>/", versions_views.one, name="model"),
    path("models/<int:pk>/compare/", comparison_views.compare, name="model-compare"),
    path("models/<int:pk>/export/", versions_views.export, name="model-export"),
    path("models/<int:pk>/clone/", steps_views.clone, name="model-clone"),
    path("models/<int:pk>/publish/", steps_views.publish, name="model-publish"),
    path("models/<int:pk>/withdraw/", steps_views.withdraw, name="model-withdraw"),
    path("models/<int:pk>/adopt/", adoptions_views.adopt, name="model-adopt"),
    path("models/<int:pk>/adoption/withdraw/", adoptions_views.withdraw, name="model-adoption-withdraw"),
    path("models/<int:pk>/settings/", rows_views.settings, name="model-settings"),
    path("models/<int:pk>/weights/<slug:key>/", rows_views.weights, name="model-weights"),
    path("models/<int:pk>/method/", method_views.method, name="model-method"),
    path("models/<int:pk>/estimate/<slug:key>/", method_views.estimate, name="model-estimate"),
    path("models/<int:pk>/new/<slug:kind>/", rows_views.new, name="model-row-new"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/", rows_views.edit, name="model-row"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/move/", rows_views.move, name="model-row-move"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/remove/", rows_views.remove, name="model-row-remove"),
]
