"""Addresses of scoring models."""

from django.urls import path

from selection.views import adoptions, model_acts, model_compare, model_method, model_rows, models

urlpatterns = [
    path("models/", models.models, name="models"),
    path("models/schema/", models.schema, name="model-schema"),
    path("models/import/", model_acts.import_model, name="model-import"),
    path("models/<int:pk>/", models.one, name="model"),
    path("models/<int:pk>/compare/", model_compare.compare, name="model-compare"),
    path("models/<int:pk>/export/", models.export, name="model-export"),
    path("models/<int:pk>/clone/", model_acts.clone, name="model-clone"),
    path("models/<int:pk>/publish/", model_acts.publish, name="model-publish"),
    path("models/<int:pk>/withdraw/", model_acts.withdraw, name="model-withdraw"),
    path("models/<int:pk>/adopt/", adoptions.adopt, name="model-adopt"),
    path("models/<int:pk>/adoption/withdraw/", adoptions.withdraw, name="model-adoption-withdraw"),
    path("models/<int:pk>/settings/", model_rows.settings, name="model-settings"),
    path("models/<int:pk>/weights/<slug:key>/", model_rows.weights, name="model-weights"),
    path("models/<int:pk>/method/", model_method.method, name="model-method"),
    path("models/<int:pk>/estimate/<slug:key>/", model_method.estimate, name="model-estimate"),
    path("models/<int:pk>/new/<slug:kind>/", model_rows.new, name="model-row-new"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/", model_rows.edit, name="model-row"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/move/", model_rows.move, name="model-row-move"),
    path("models/<int:pk>/edit/<slug:kind>/<slug:key>/remove/", model_rows.remove, name="model-row-remove"),
]
