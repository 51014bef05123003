"""URLs of the pages of imports."""

from cpc.web.pages import Page
from indicators.imports.views import imports, steps

PAGES = [
    Page("imports/", imports.Upload, "imports"),
    Page("imports/<int:pk>/", imports.import_page, "import"),
    Page("imports/form/<str:kind>/", imports.own_form, "own-form"),
    Page("imports/<int:pk>/progress/", imports.import_progress, "import-progress"),
    Page("imports/<int:pk>/issues/", imports.import_issues, "import-issues"),
    Page("imports/<int:pk>/read/", steps.ReadAgain, "import-read"),
    Page("imports/<int:pk>/compare/", steps.CompareAgain, "import-compare"),
    Page("imports/<int:pk>/publish/", steps.Publish, "import-publish"),
    Page("imports/<int:pk>/discard/", steps.Discard, "import-discard"),
    Page("imports/<int:pk>/take-back/", steps.TakeBack, "import-take-back"),
    Page("files/<str:sha256>/", imports.file, "source-file"),
]
