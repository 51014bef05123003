"""URLs under /api/v1/."""

from django.urls import path

from indicators.bulk import api as bulk_api
from indicators.curated import api as curated_api
from indicators.name_mappings import api as name_mappings_api
from indicators.narratives import api as narratives_api
from indicators.observations import api as observations_api

urlpatterns = [
    *(url for resource in narratives_api.RESOURCES for url in resource.urls()),
    path("countries/", observations_api.Countries.listing(), name="countries"),
    path("countries/<slug:code>/", observations_api.Countries.single(), name="country"),
    path("sources/", observations_api.Sources.listing(), name="sources"),
    path("sources/<slug:key>/", observations_api.Sources.single(), name="source"),
    path("indicators/", observations_api.Indicators.listing(), name="indicators"),
    path("indicators/<str:code>/", observations_api.Indicators.single(), name="indicator"),
    path("observations/", observations_api.Observations.listing(), name="observations"),
    path("observations/<int:pk>/", observations_api.Observations.single(), name="observation"),
    path("bulk/", bulk_api.BulkPackages.listing(), name="bulk-packages"),
    path("bulk/<int:as_of>/", bulk_api.BulkPackageFile.as_view(), name="bulk-package"),
    path("name-mappings/", name_mappings_api.NameMappings.listing(), name="name-mappings"),
    path("name-mappings/<int:pk>/", name_mappings_api.NameMappings.single(), name="name-mapping"),
    path("programs/", curated_api.Programs.listing(), name="programs"),
    path("programs/<int:pk>/", curated_api.Programs.single(), name="program"),
    path("plans/", curated_api.Plans.listing(), name="plans"),
    path("plans/<int:pk>/", curated_api.Plans.single(), name="plan"),
]
