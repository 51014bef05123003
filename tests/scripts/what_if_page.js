/* A small What if page: five countries, three criteria, and a form as selection/what_if/_form.html writes it. */

import { readFileSync } from 'node:fs';

import { after, openPage, runScript } from './browser.js';

const leaf = (key, weight, number) => ({ key, label: key, weight, leaf: number, branch: null, span: null, floored: false });
const node = (key, weight, number) => ({ key, label: key, weight, leaf: null, branch: number, span: null, floored: false });

const country = (code, name, u, rank, more = {}) => ({
  code, name, u, rank, href: `/countries/${code}/`, status: 'ranked', reason: '', evidence: { E1: 5 },
  low: rank, high: rank && rank + 1, p20: rank && 1 - rank / 10, ...more,
});

export const PAYLOAD = {
  run: 7, first: 2, short: 1, draws: 1000, seed: 1, rho: 0.5, concentration: null, quantum: 1e9,
  branches: [
    { key: 'need', label: 'Need', p: 1, floor: 0, children: [leaf('births', 0.5, 0), leaf('cpi', 0.5, 1)] },
    { key: 'feasibility', label: 'Feasibility', p: 1, floor: 0, children: [leaf('will', 1, 2)] },
    { key: 'root', label: 'All', p: 1, floor: 0, children: [node('need', 0.6, 0), node('feasibility', 0.4, 1)] },
  ],
  criteria: [{ key: 'births' }, { key: 'cpi' }, { key: 'will' }],
  pool: [{ key: 'tier3', fixed: false }],
  evidence: [{ key: 'E1', within: 15 }],
  choices: [{ key: 'survey', options: [
    { key: 'own', phrase: 'survey “own”', weights: {}, arithmetic: false, unscaled: false, percentiles: false },
    { key: 'other', phrase: 'survey “other”', weights: {}, arithmetic: false, unscaled: false, percentiles: false },
  ] }],
  levels: [{ criterion: 2, choices: [0], at: [0, 1], u: [{ 0: 0, 2: 1 }] }],
  overdue: ['tier'], unknown: [], barred: [],
  countries: [
    country('AAA', 'Aland', [0.9, 0.9, 0.9], 1),
    country('BBB', 'Bland', [0.8, 0.4, 0.8], 2),
    country('CCC', 'Cland', [0.2, 0.9, 0.6], 3, { p20: 0.3 }),
    country('DDD', 'Dland', [0.9, 0.9, 0.9], null, { evidence: { E1: 20 } }),
    country('EEE', 'Eland', [1, 1, 1], null, { status: 'outside_pool', reason: 'tier3' }),
  ],
};

export const PAGE = {
  base: { short: 'Run 7', ranks: { AAA: 1, BBB: 2, CCC: 3 }, own: true },
  groups: { AAA: 'in', BBB: 'open', CCC: 'open' },
  run: 'run 7',
  groups_by: { in: 0.8, out: 0.05, labels: { in: 'Firmly in', open: 'Open', out: 'Firmly out' } },
  limits: [0.8, 0.05],
  sentences: JSON.parse(readFileSync(new URL('../../templates/selection/what_if/sentences.json', import.meta.url))),
  hints: { number: 'Enter a number from 0 to 100.', years: 'Enter whole years from 1 to 60.' },
  rows: 2, top: 3, drawn: null, inAddress: [['run', '7']], scenario: null,
  changes: [], follow: '', names: { births: 'births', cpi: 'cpi', need: 'need', feasibility: 'feasibility' },
  urls: { page: '/what-if/', keep: '/keep/', draft: '/draft/' },
  worker: '/worker.js', tables: '/tables/',
};

const weight = (key, was, value) => `
  <div class="c-w"><input id="w-${key}" name="w-${key}" type="number" value="${value}" data-was="${was}">
    <input type="range" class="c-range" hidden value="${value}" data-for="w-${key}">
    <p id="e-w-${key}" hidden></p><p><span></span><b hidden>, was</b></p></div>`;

const FOLLOW = `
  <span id="follow-rank"></span><small id="follow-was"></small><output id="follow-say"></output><a id="follow-stop"></a>
  <section id="sweep-panel" hidden><h2 id="h-sweep"></h2><div id="sweep"><figcaption></figcaption>
    <svg viewBox="0 0 600 200"><title></title><desc></desc></svg></div></section>
  <section id="around-panel" hidden><table id="around"><tbody></tbody></table></section>`;

const BODY = (values, page) => `
  <form id="what-if">
    <input type="checkbox" id="keep">
    <p id="sum-need" hidden></p>${weight('births', '50', values.births ?? '50')}${weight('cpi', '50', values.cpi ?? '50')}
    <p id="sum-root" hidden></p>${weight('need', '60', values.need ?? '60')}${weight('feasibility', '40', values.feasibility ?? '40')}
    <input type="checkbox" name="pool" value="tier3">
    <div class="c-rule"><input id="rule-E1" type="number" min="1" max="60" value="15" data-was="15"><p id="e-rule-E1" hidden></p>
      <input type="checkbox" id="off-E1"></div>
    <div class="c-take"><select id="take-survey"><option value="own" selected>Own<option value="other">Other</select></div>
    <input type="checkbox" id="hold-tier">
    <p id="bar"></p><p data-noscript>Without scripts</p><p data-script hidden>With scripts</p>
  </form>
  ${page.follow && FOLLOW}
  <select id="with"><option value="7" selected>Run 7<option value="6">Run 6</select>
  <div id="stops">${values.stops ?? ''}</div><output id="say"></output><p id="farthest" hidden></p>
  <ul id="ins"></ul><ul id="outs"></ul><p id="noise"></p>
  <a id="keep-scenario"></a><button type="button" id="copy"><span>Copy link</span></button><a id="make-draft"></a>
  <div id="slope"><figcaption><b></b></figcaption><div class="u-wide"><svg viewBox="0 0 600 200"><title>T</title><desc></desc></svg></div></div>
  <button id="draw" form="what-if">Draw</button><p id="draw-say"></p>
  <div id="drawing" hidden><label></label><progress id="progress"></progress></div>
  <p id="count"></p><table id="rows"><thead><tr><th><small data-of></small></th></tr></thead><tbody></tbody></table>
  <p id="counts"></p><a id="csv"></a><b id="scenario-is"></b><b id="scenario-from" hidden></b>
  <script type="application/json" id="what-if-data">${JSON.stringify(PAYLOAD)}</script>
  <script type="application/json" id="what-if-page">${JSON.stringify(page)}</script>
  <template id="move-up"><span><svg></svg>Up 1</span></template><template id="move-down"><span><svg></svg>Down 1</span></template>
  <template id="move-same"><span>Same</span></template>
  <template id="move-gained"><span>Gains a rank</span></template>
  <template id="stop-fault"><p>Out of range</p></template><template id="stop-error"><p>Nothing weighted</p></template>
  <template id="stop-lone"><p><b>Only {lone} counts now.</b></p></template>`;

/** Open the page; `values` are those of its fields, `page` differs from `PAGE`. The worker only records its messages. */
export async function openWhatIf({ values = {}, page = {}, search = '', hasWorker = true } = {}) {
  const { window, document, phone } = openPage(BODY(values, { ...PAGE, ...page }), { address: `https://cpc.example/what-if/${search}` });
  const workers = [];
  class Worker {
    constructor(address) { Object.assign(this, { address, sent: [] }); workers.push(this); }

    postMessage(message) { this.sent.push(message); }
  }
  if (hasWorker) { window.Worker = Worker; }
  globalThis.Worker = Worker;
  globalThis.getComputedStyle = () => ({ fontFamily: 'Public Sans' });
  window.performance.measure ??= () => {};
  const create = document.createElement.bind(document);
  document.createElement = (name) => (name === 'canvas' ? { getContext: () => ({ measureText: () => ({ width: 1 }) }) } : create(name));
  for (const svg of document.querySelectorAll('svg')) {
    Object.defineProperty(svg, 'viewBox', { value: { baseVal: { width: 600 } } });
  }
  await runScript('what_if/page.js');
  const byId = (id) => document.getElementById(id);
  const text = (id) => byId(id).textContent;
  const table = () => [...document.querySelectorAll('#rows tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  /** Type into a field, and leave it: the page has answered by then. */
  const enter = (id, value) => {
    const field = byId(id);
    if (field.type === 'checkbox') { field.checked = value; } else { field.value = value; }
    field.dispatchEvent(new window.Event('input', { bubbles: true }));
    field.dispatchEvent(new window.Event('change', { bubbles: true }));
  };
  return { window, document, phone, byId, text, table, enter, workers, after };
}
