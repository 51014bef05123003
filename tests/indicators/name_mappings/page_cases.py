"""Page cases for the name mappings room."""

from __future__ import annotations

from indicators.models import NameMapping
from tests.indicators import records
from tests.indicators.scenes import import_of
from tests.support.page_cases import ALL_ERRORS, ANALYST, BOTH, IMPORTING, SAME, Look, PageCase, press


def _mapping() -> NameMapping:
    return NameMapping.objects.live().get(name="Cabo Verd")


CASES = (
    PageCase(
        "import-names",
        url=records.upload,
        looks=(
            Look("import-names", ANALYST, arguments=import_of("names")),
            Look("import-names-none", ANALYST, arguments=import_of("agreed")),
            Look("import-names-closed", ANALYST, arguments=import_of("published")),
            Look(
                "import-names-refused",
                ANALYST,
                ALL_ERRORS,
                import_of("names"),
                actions=(press("Map Moldavia to this country"),),
            ),
        ),
        second_writer="one standing mapping a name; the second learns who mapped it and to what (test_name_mappings)",
    ),
    PageCase("name-mappings", looks=(Look("name-mappings", IMPORTING, BOTH),)),
    PageCase(
        "name-mapping-withdraw",
        url=records.mapping,
        looks=(
            Look("name-mapping-withdraw", ANALYST, arguments=lambda scene: {"pk": _mapping().pk}),
            Look(
                "name-mapping-withdraw-refused",
                ANALYST,
                ALL_ERRORS,
                lambda scene: {"pk": _mapping().pk},
                actions=(press("Withdraw the mapping"),),
            ),
        ),
        second_writer=SAME,
    ),
    PageCase("api:name-mapping", url=records.mapping),
)
