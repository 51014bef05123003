"""Shares that follow the points of a table while they are typed, in the browser's script."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cpc.web.vendor_uswds import find_npm
from tests.support.node import SCRIPTS

DASH = "\N{EN DASH}"
PAGE = """
const cell = () => ({ textContent: '' });
const rows = JSON.parse(process.argv[2]).map((value) => {
  const parts = { input: { value }, '[data-here]': cell(), '[data-whole]': cell() };
  return { parts, querySelector: (wanted) => parts[wanted] };
});
const output = { textContent: '', isError: false, classList: { toggle: (_, on) => { output.isError = on; } } };
output.dataset = { unclear: 'unclear', zero: 'zero', even: 'even', other: 'adds up to {}' };
const button = { hidden: false };
let update = null;
const table = {
  dataset: { shares: '0.5' },
  querySelectorAll: () => rows,
  addEventListener: (_, heard) => { update = heard; },
  closest: () => ({ querySelector: () => button }),
};
globalThis.document = { querySelector: () => output, querySelectorAll: () => [table] };
await import('./weights.js');
update();
console.log(JSON.stringify([
  output.textContent, output.isError, button.hidden,
  ...rows.map(({ parts }) => [parts['[data-here]'].textContent, parts['[data-whole]'].textContent]),
]));
"""


@pytest.mark.parametrize(
    ("typed", "sentence", "is_error", "shares"),
    [
        ('["25", "75"]', "even", False, [["25.0%", "12.5%"], ["75.0%", "37.5%"]]),
        ('["30", "30.5"]', "adds up to 60.5", False, [["49.6%", "24.8%"], ["50.4%", "25.2%"]]),
        ('["0", "0"]', "zero", True, [[DASH, DASH], [DASH, DASH]]),
        ('["", "100"]', "unclear", True, [[DASH, DASH], [DASH, DASH]]),
        ('["-1", "100"]', "unclear", True, [[DASH, DASH], [DASH, DASH]]),
        ('["1000001", "1"]', "unclear", True, [[DASH, DASH], [DASH, DASH]]),
        ('["1000000", "0"]', "adds up to 1000000", False, [["100.0%", "50.0%"], ["0.0%", "0.0%"]]),
    ],
)
def test_shares_and_their_sum_follow_the_points(
    tmp_path: Path, typed: str, sentence: str, is_error: bool, shares: list[Any]
) -> None:

    _, environment = find_npm()
    shutil.copy(SCRIPTS / "weights.js", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "page.js").write_text(PAGE)
    node = shutil.which("node", path=environment["PATH"])
    assert node is not None
    done = subprocess.run([node, "page.js", typed], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [sentence, is_error, True, *shares]
