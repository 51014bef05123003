"""Page cases for the name mappings room."""

from __future__ import annotations

from indicators.models import NameMapping
from tests.indicators import records
from tests.indicators.scenes import import_of
from tests.support.page_cases import BOTH, EVERYBODY, SAME, Look, PageCase, refused


def _mapping() -> NameMapping:
    return NameMapping.objects.live().get(name="Cabo Verd")


CASES = (
    PageCase(
        "import-names",
        Look("import-names", import_of("names")),
        Look("import-names-none", import_of("agreed")),
        Look("import-names-closed", import_of("published")),
        refused("import-names", "Map Moldavia to this country", import_of("names")),
        url=records.upload,
        second_writer="one standing mapping a name; the second learns who mapped it and to what (test_name_mappings)",
    ),
    PageCase("name-mappings", Look("name-mappings", roles=EVERYBODY, states=BOTH)),
    PageCase(
        "name-mapping-withdraw",
        Look("name-mapping-withdraw", lambda scene: {"pk": _mapping().pk}),
        refused("name-mapping-withdraw", "Withdraw the mapping", lambda scene: {"pk": _mapping().pk}),
        url=records.mapping,
        second_writer=SAME,
    ),
    PageCase("api:name-mapping", url=records.mapping),
)
