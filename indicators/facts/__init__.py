"""Facts shipped with the project: published observations as compact CSVs, each with its source cell.

A Frictionless data package: `package/datapackage.json` lists for each publisher's file its SHA-256, edition, and
license, and one or more CSVs hold its values. It contains no publisher's file. `writer` writes the package from the
live observations; `reader` publishes it into an empty database as if the files had been uploaded.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / "package"
