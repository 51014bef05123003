/* Ranks and draws of the kernel on five countries, against figures worked out by hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bands, draw, prepare, rank, readTables } from '../../cpc/web/assets/js/what_if/kernel.js';
import { PAYLOAD } from './what_if_page.js';
import { tablesOf, TWO_LEVELS } from './what_if_tables.js';

/** The payload with weights that draws hardly vary, other values by country, and other features of its root. */
function payload({ u = {}, root = {} } = {}) {
  const countries = PAYLOAD.countries.map((country) => ({ ...country, u: u[country.code] ?? country.u }));
  const branches = [...PAYLOAD.branches.slice(0, -1), { ...PAYLOAD.branches.at(-1), ...root }];
  return { ...PAYLOAD, concentration: 1e12, countries, branches };
}

/** Ranks at 5, 50, and 95 percent of the draws, and shares of draws within the first 1 and 2, by country. */
function spread(data, tables, question = {}, options = {}) {
  const { low, median, high, p10, p20 } = draw(data, tables, question, options);
  return PAYLOAD.countries.map((_, i) => [low[i], median[i], high[i], p10[i], p20[i]]);
}

const near = (found, expected, most) => assert.ok(Math.abs(found - expected) <= most, `${found} is not ${expected}`);

test('scores, ranks, and places of the run itself', () => {
  const { rows, order, error } = rank(prepare(payload()), {});
  assert.deepEqual(order, [0, 1, 2]);
  assert.equal(error, '');
  assert.deepEqual(rows.map(({ status, rank: taken, place }) => [status, taken, place]), [
    ['ranked', 1, 1], ['ranked', 2, 2], ['ranked', 3, 3], ['provisional', null, 1], ['outside_pool', null, 1],
  ]);
  [90, 68, 57, 90, 100].forEach((score, i) => near(rows[i].score, score, 1e-9));
  [90, 60, 55, 90, 100].forEach((need, i) => near(rows[i].need, need, 1e-9));
  [90, 80, 60, 90, 100].forEach((score, i) => near(rows[i].feasibility, score, 1e-9));
});

test('equal scores share a rank, in the order of the payload', () => {
  const { rows, order } = rank(prepare(payload({ u: { CCC: [0.9, 0.9, 0.9] } })), {});
  assert.deepEqual(order, [0, 2, 1]);
  assert.deepEqual(rows.slice(0, 3).map((row) => row.rank), [1, 3, 1]);
});

test('a value that does not apply leaves its weight to the others of its group', () => {
  const { rows } = rank(prepare(payload({ u: { CCC: [null, 0.9, 0.6] } })), {});
  near(rows[2].need, 90, 1e-9);
  near(rows[2].score, 78, 1e-9);
});

test('a weight of 0 leaves a criterion out, and nothing weighted leaves no list', () => {
  const data = prepare(payload());
  near(rank(data, { weights: { births: 0 } }).rows[2].need, 90, 1e-9);
  near(rank(data, { weights: { need: 0 } }).rows[1].score, 80, 1e-9);
  const { rows, order, error } = rank(data, { weights: { need: 0, feasibility: 0 } });
  assert.deepEqual([order, error, rows[0].score, rows[0].rank], [[], 'all-zero', null, null]);
  assert.equal(draw(data, readTables(data, tablesOf([])), { weights: { need: 0, feasibility: 0 } }).error, 'all-zero');
});

test('an option takes a criterion by other values', () => {
  const { rows, order } = rank(prepare(payload()), { options: { survey: 'other' } });
  assert.deepEqual(order, [2, 1, 0]);
  assert.deepEqual(rows.slice(0, 3).map((row) => Math.round(row.feasibility)), [0, 80, 100]);
});

test('a geometric mean of the axes ranks an unbalanced country lower', () => {
  const u = { AAA: [0.1, 0.1, 1], BBB: [0.4, 0.4, 0.5], CCC: [0, 0, 0] };
  assert.deepEqual(rank(prepare(payload({ u })), {}).order, [0, 1, 2]);
  const children = PAYLOAD.branches.at(-1).children.map((child) => ({ ...child, floored: true }));
  const data = prepare(payload({ u, root: { p: 0, floor: 0.01, children } }));
  assert.deepEqual(rank(data, {}).order, [1, 0, 2]);
  near(rank(data, {}).rows[1].score, 100 * 0.406 ** 0.6 * 0.505 ** 0.4, 1e-9);
  const found = spread(data, readTables(data, tablesOf([])));
  assert.deepEqual(found.slice(0, 3).map(([low, , high]) => [low, high]), [[2, 2], [1, 1], [3, 3]]);
});

test('without doubt, every draw gives the official ranks', () => {
  const data = prepare(payload());
  const findings = draw(data, readTables(data, tablesOf([])), {});
  assert.deepEqual([findings.ranked, findings.provisional, findings.draws, findings.error], [[0, 1, 2], [3], 1000, '']);
  assert.deepEqual(spread(data, readTables(data, tablesOf([]))), [
    [1, 1, 1, 1, 1], [2, 2, 2, 0, 1], [3, 3, 3, 0, 0], [1, 1, 1, 1, 1], [0, 0, 0, NaN, NaN],
  ]);
  assert.deepEqual(findings.bands, [[1, 1], [2, 2], [3, 4], [5, 5]]);
  assert.deepEqual([...findings.bins], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test('a cell with two equally likely values swaps two ranks in half of the draws', () => {
  const data = prepare(payload());
  const tables = readTables(data, tablesOf([[1, 0, TWO_LEVELS]])); // births of Bland: 0.2 or 1, which scores 50 or 74
  const found = spread(data, tables);
  for (const country of [1, 2]) {
    assert.deepEqual([found[country][0], found[country][2]], [2, 3]);
    near(found[country][4], 0.5, 0.03);
  }
  assert.equal(found[1][4] + found[2][4], 1);
  assert.deepEqual(found[0], [1, 1, 1, 1, 1]);
  assert.deepEqual(spread(data, tables), found); // the same seed gives the same draws
  assert.notDeepEqual(spread(data, tables, {}, { seed: 2 }), found);
  near(spread(data, tables, { weights: { births: 0 } })[1][4], 0, 0); // 56 against 78 for Cland
});

test('a question may hold the values of a criterion as they are loaded', () => {
  const data = prepare(payload());
  const held = readTables(data, tablesOf([[1, 0, TWO_LEVELS]]));
  assert.deepEqual(spread(data, held, { held: ['births'] })[1], [2, 2, 2, 0, 1]);
  const other = readTables(data, tablesOf([], [[1, 0, TWO_LEVELS]]));
  assert.deepEqual(spread(data, other)[1], [2, 2, 2, 0, 1]);
  near(spread(data, other, { held: ['births'] })[1][4], 0.5, 0.03);
});

test('weights that vary move ranks by their spread', () => {
  const u = { AAA: [1, 0, 0.5], BBB: [0, 1, 0.5], CCC: [0, 0, 0] };
  const data = prepare({ ...payload({ u }), concentration: 2 }); // uniform weights of two criteria
  const found = spread(data, readTables(data, tablesOf([])));
  near(found[0][3], 0.5, 0.03);
  near(found[1][3], 0.5, 0.03);
  assert.deepEqual(found[2], [3, 3, 3, 0, 0]);
  const small = prepare({ ...payload({ u }), concentration: 0.2 });
  near(spread(small, readTables(small, tablesOf([])))[0][3], 0.5, 0.04);
});

test('draws report their progress block by block', () => {
  const data = prepare(payload());
  const steps = [];
  draw(data, readTables(data, tablesOf([])), {}, { draws: 2500, onProgress: (done, draws) => steps.push([done, draws]) });
  assert.deepEqual(steps, [[1000, 2500], [2000, 2500], [2500, 2500]]);
  assert.throws(() => draw(data, readTables(data, tablesOf([])), {}, { draws: 0 }), /0 draws; take 1 to 65536/);
  assert.throws(() => draw(data, readTables(data, tablesOf([])), {}, { draws: 65537 }), RangeError);
});

test('bands are halves and doubles of the first countries, with the rest last', () => {
  assert.deepEqual(bands(10, 20, 85), [[1, 5], [6, 10], [11, 20], [21, 40], [41, 85]]);
  assert.deepEqual(bands(10, 20, 41), [[1, 5], [6, 10], [11, 20], [21, 40], [41, 41]]);
  assert.deepEqual(bands(1, 2, 3), [[1, 1], [2, 2], [3, 4], [5, 5]]);
});

test('a file that is none of these tables is refused', () => {
  const data = prepare(payload());
  assert.throws(() => readTables(data, new ArrayBuffer(8)), /these are no tables of cells/);
  const wrong = tablesOf([]);
  new DataView(wrong).setUint32(0, 1);
  assert.throws(() => readTables(data, wrong), /these are no tables of cells/);
  const coarse = tablesOf([]);
  new DataView(coarse).setUint32(4, 128, true);
  assert.throws(() => readTables(data, coarse), /tables of 128 quantiles; these scripts read 256/);
});
