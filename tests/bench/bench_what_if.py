"""Benchmark of the What if page in Chromium: a movement against a frame, and the worker's draws against Node.

All runs use the shipped facts. A movement's script has 16 ms, one frame. The draws vary data, weights, and design, and
use the same file, data, and seeds in both, each at its fastest of all rounds, because other work on the machine only
adds time. For Node, processor time is measured, which a browser does not report; a busy machine can only make the ratio
worse. While the worker draws, the page's main thread must stay responsive: its longest task, and the longest gap
between two timer beats, are compared with 50 ms, from which a task counts as long.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from cpc.accounts.permissions import Role
from indicators.facts.reader import load_facts
from partnerships.demo import load_partnerships
from selection.models import ScoreRun
from selection.runs.queries.basis import basis_of
from selection.runs.services import compute_screen
from selection.what_if.laws import tables
from selection.what_if.payload import payload
from tests.bench.measuring import Row, row
from tests.support import chromium
from tests.support.accounts import make_account
from tests.support.browser import session_cookie
from tests.worlds.served_world import served

FRAME, LONG = 16.0, 50.0
ROUNDS = 15
MOVEMENTS = 60
SCRIPTS = settings.BASE_DIR / "cpc" / "web" / "assets" / "js" / "what_if"

AT_HAND = """async (payload) => {
    const k = await import('/static/js/what_if/kernel.js');
    window.kernel = {k, data: k.prepare(payload)};
}"""
RANKING = """(movements) => {
    const {k, data} = window.kernel;
    const spent = [];
    for (let i = 0; i < movements; i += 1) {
        const start = performance.now();
        for (let again = 0; again < 10; again += 1) {
            const options = {scale: again % 2 ? 'log' : 'linear', axes: 'percentiles'};
            k.rank(data, {weights: {need: 40 + i / 3, births: 10 + again}, evidence: {E2: 10 + i % 20}, options});
        }
        spent.push((performance.now() - start) / 10);
    }
    return [spent[0], ...spent.slice(1).sort((a, b) => a - b)];
}"""
MOVING = """async (movements) => {
    const fields = [...document.querySelectorAll('#what-if input[type=number]')].filter((field) => field.offsetParent);
    performance.clearMeasures('what-if');
    for (let i = 0; i < movements; i += 1) {
        const field = fields[i % fields.length];
        field.value = String(20 + (7 * i) % 60);
        field.dispatchEvent(new Event('input', {bubbles: true}));
        await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    return performance.getEntriesByName('what-if').map((entry) => entry.duration).sort((a, b) => a - b);
}"""
DRAWING = """async (rounds) => {
    const {data} = window.kernel;
    const worker = new Worker('/static/js/what_if/worker.js', {type: 'module'});
    worker.postMessage({type: 'start', payload: data.payload, tables: '/ranking/what-if/draws/'});
    let tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({entryTypes: ['longtask']});
    let beat = performance.now();
    let gap = 0;
    const timer = setInterval(() => {
        const now = performance.now();
        gap = Math.max(gap, now - beat);
        beat = now;
    }, 4);
    const spent = [];
    for (let number = 0; number < rounds; number += 1) {
        const start = performance.now();
        await new Promise((resolve, reject) => {
            worker.onerror = reject;
            worker.onmessage = ({data: message}) => {
                if (message.type === 'done') { resolve(); }
                if (message.type === 'failed') { reject(message.reason); }
            };
            worker.postMessage({type: 'ask', number, question: {}, seed: number});
        });
        spent.push(performance.now() - start);
        if (number === 0) { tasks = []; gap = 0; }  // the tables are fetched, and the script is compiled
    }
    clearInterval(timer);
    return {spent: spent.slice(1), longest: Math.max(0, ...tasks.map((task) => task.duration)), gap};
}"""
IN_NODE = """
import { readFileSync } from 'node:fs';
import * as k from './kernel.js';
const data = k.prepare(JSON.parse(readFileSync('payload.json')));
const laws = k.readTables(data, new Uint8Array(readFileSync('tables.bin')).buffer);
const spent = [];
for (let seed = 0; seed < Number(process.argv[2]); seed += 1) {
    const start = process.cpuUsage();
    k.draw(data, laws, {}, {seed});
    const { user, system } = process.cpuUsage(start);
    spent.push((user + system) / 1000);
}
console.log(JSON.stringify(spent.slice(1)));
"""


def computed() -> ScoreRun:
    """Load the shipped facts and compute the ranking of them."""
    load_facts(lambda done, total: None)
    load_partnerships(lambda done, total: None)
    return compute_screen(actor=None)


@contextmanager
def opened(run: ScoreRun) -> Iterator[Page]:
    """Open the What if page of a served run, or a small page if there is none, with the kernel loaded."""
    basis = basis_of(run)
    assert basis is not None
    data = payload(basis, run)
    account = make_account(Role.ANALYST, username="bench-what-if")
    # The database is asked before the browser starts, whose event loop would be given a connection of its own.
    with served() as url:
        cookie = session_cookie(account, url)
        with sync_playwright() as running, closing(running.chromium.launch(**chromium.launch_arguments())) as browser:
            context = browser.new_context(base_url=url)
            context.add_cookies([cookie])
            page = context.new_page()
            response = page.goto("/ranking/what-if/")
            if response is None or not response.ok:
                page.goto("/about/accessibility/")
            page.evaluate(AT_HAND, data)
            yield page


def in_node(run: ScoreRun) -> list[float]:
    """Return the milliseconds of each round of draws in Node; none if it is not installed."""
    program, basis = shutil.which("node"), basis_of(run)
    if program is None or basis is None:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for script in SCRIPTS.glob("*.js"):
            shutil.copy(script, folder)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "payload.json").write_text(json.dumps(payload(basis, run)))
        (folder / "tables.bin").write_bytes(tables(basis))
        (folder / "measure.js").write_text(IN_NODE)
        done = subprocess.run(
            [program, "measure.js", str(ROUNDS + 1)], cwd=folder, capture_output=True, text=True, check=True
        )
    spent: list[float] = json.loads(done.stdout)
    return spent


def run() -> list[Row]:
    """Return rows of name, ratio, goal (the ratio not to exceed) and detail."""
    if not chromium.executable():
        raise RuntimeError(chromium.MISSING)
    made = computed()
    with opened(made) as page:
        first, *ranked = page.evaluate(RANKING, MOVEMENTS)
        moved = page.evaluate(MOVING, MOVEMENTS) if page.locator("#what-if").count() else []
        drawn = page.evaluate(DRAWING, ROUNDS + 1)
    node = in_node(made)
    middle, worst = ranked[len(ranked) // 2], ranked[-1]
    rows = [
        row(
            "what if: ranking again, of a frame",
            worst,
            FRAME,
            1.0,
            f"{worst:.2f} ms at worst, {middle:.3f} ms in the middle of {MOVEMENTS} movements, {first:.2f} ms at first",
        )
    ]
    if moved:
        detail = f"{moved[-1]:.1f} ms at worst, {moved[len(moved) // 2]:.1f} ms in the middle of {len(moved)} movements"
        rows.append(row("what if: a movement with its page, of a frame", moved[-1], FRAME, 1.0, detail))
    fastest = min(drawn["spent"])
    if node:
        detail = f"{fastest:.0f} ms against {min(node):.0f} ms: {made.draws:,} draws of {made.ranked} ranked countries"
        rows.append(row("what if: all-in draws in the worker against Node", fastest, min(node), 2.0, detail))
    else:
        print(f"node is not installed: the draws of the worker took {fastest:.0f} ms and are compared with nothing")
    held, gap = drawn["longest"], drawn["gap"]
    detail = f"longest task {held:.0f} ms (0: none of {LONG:.0f} ms), longest gap {gap:.0f} ms in {ROUNDS} rounds"
    return [*rows, row("what if: the page while the worker draws", max(held, gap), LONG, 1.0, detail)]
