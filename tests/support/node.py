"""JavaScript modules of the pages, run in Node without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from cpc.web.vendor_uswds import find_npm

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "cpc" / "web" / "assets" / "js"
CALL = """
import * as module from './%s';
let given = '';
for await (const part of process.stdin) { given += part; }
const run = (module, given) => { %s };
console.log(JSON.stringify(run(module, JSON.parse(given))));
"""


def call(script: str, body: str, given: Any) -> Any:
    """Run the body of a function of `module` and `given` in Node, and return its result as JSON.

    `script` is the path of the module below `assets/js`. The machine's Node is used if it is recent, else that of the
    set-up.
    """
    _, environment = find_npm()
    folder, _, name = script.rpartition("/")
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "js"
        shutil.copytree(SCRIPTS / folder, copy)
        # Older releases of Node take a file for a module by its package or its ending only.
        (copy / "package.json").write_text('{"type": "module"}')
        (copy / "call.js").write_text(CALL % (name, body))
        node = shutil.which("node", path=environment["PATH"])
        assert node is not None
        done = subprocess.run(
            [node, "call.js"], cwd=copy, input=json.dumps(given), capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
