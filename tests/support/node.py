"""JavaScript of the pages, run in Node without a browser.

    .venv/bin/python -m tests.support.node --test tests/scripts/app.test.js

runs Node itself: the machine's if it is recent, else that of the set-up.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from cpc.web.vendor_uswds import find_npm

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "cpc" / "web" / "assets" / "js"
CALL = """
import * as module from './%s';
%s
let given = '';
for await (const part of process.stdin) { given += part; }
const run = (module, given) => { %s };
console.log(JSON.stringify(run(module, JSON.parse(given))));
"""


def node_command(*arguments: str) -> list[str]:
    """Return the command that runs Node with these arguments."""
    _, environment = find_npm()
    node = shutil.which("node", path=environment["PATH"])
    assert node is not None
    return [node, *arguments]


def call(script: str, body: str, given: Any, *, more: str = "") -> Any:
    """Run the body of a function of `module` and `given` in Node, and return its result as JSON.

    `script` is the path of the module below `assets/js`, `more` may import others.
    """
    command = node_command("--input-type=module", "--eval", CALL % (script, more, body))
    done = subprocess.run(command, cwd=SCRIPTS, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(subprocess.run(node_command(*sys.argv[1:]), cwd=ROOT, check=False).returncode)
