"""Facts shipped with the project: published observations as compact CSVs, each with the cell it came from.

A Frictionless data package: `package/datapackage.json` names for every publisher's file its SHA-256, edition and
license, and one or more CSVs hold its values. No publisher's file is in it. `writer` writes the package from what
is live, `reader` publishes it into an empty database as if the files had been uploaded.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / "package"
