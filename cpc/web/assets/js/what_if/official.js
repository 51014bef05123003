/* Official scores, and ranks of a question to a run. The docstring of selection/what_if/payload.py describes the
   data; the arithmetic is that of selection/scoring (tree.py, ranking.py). */

import { aggregate, rooted, valuesOf } from './designs.js';

/**
 * A question to a run, as `Question.to_dict` writes it.
 * @typedef {object} Question
 * @property {Object<string, number>} [weights] by key of a criterion or node; who is not named has a hundred times its
 *   share, so numbers are percent. They count in proportion within their group; a lone child always has all of it.
 * @property {Iterable<string>} [let_in] reasons outside the pool whose countries are counted in
 * @property {Object<string, (number|"off")>} [evidence] by key of a rule: another limit in years, or not asked at all
 * @property {Object<string, string>} [options] by key of a choice, an option of it other than the model's own
 * @property {string[]} [held] criteria of which no overdue edition changes a label, in the draws
 */

/**
 * @typedef {object} Row
 * @property {number} index number of the country in the payload
 * @property {string} status ranked, provisional, outside_pool, not_rankable, or the run's own where a rule bars a rank
 * @property {?number} rank among the ranked, 1 is best; null for every other status
 * @property {?number} place the rank its score takes among the ranked; its own where it has one
 * @property {?number} score 0 to 100
 * @property {?number} need
 * @property {?number} feasibility
 */

export const RANKED = 'ranked';
export const PROVISIONAL = 'provisional';
export const OUTSIDE = 'outside_pool';
export const NOT_RANKABLE = 'not_rankable';
/** The error of a question in which nothing has any weight. */
export const ALL_ZERO = 'all-zero';

/** Lay out a payload for computing. */
export function prepare(payload) {
  const size = payload.countries.length;
  const width = payload.criteria.length;
  const u = new Float64Array(size * width);
  payload.countries.forEach((country, i) => country.u.forEach((value, j) => { u[i * width + j] = value ?? NaN; }));
  const rules = payload.evidence.map((rule) => ({
    key: rule.key,
    within: rule.within ?? Infinity,
    ages: Float64Array.from(payload.countries, (country) => country.evidence[rule.key] ?? NaN),
  }));
  const marked = (codes) => {
    const found = new Set(codes);
    return payload.countries.map((country) => found.has(country.code));
  };
  const levels = new Map(payload.levels.map(({ criterion, choices, at, u: others }) => {
    const own = Float64Array.from(payload.countries, (country) => country.u[criterion] ?? NaN);
    const columns = [own, ...others.map((changed) => own.map((value, i) => (i in changed ? changed[i] ?? NaN : value)))];
    return [criterion, { choices, at, columns }];
  }));
  const at = (key) => payload.branches.findIndex((branch) => branch.key === key);
  return {
    payload,
    size,
    width,
    u,
    levels,
    rules,
    unknown: marked(payload.unknown),
    barred: marked(payload.barred),
    fixed: new Set(payload.pool.filter((reason) => reason.fixed).map((reason) => reason.key)),
    need: at('need'),
    feasibility: at('feasibility'),
  };
}

/* ---- a question ------------------------------------------------------------------------------------------------- */

/**
 * The branches with the shares that a question gives, in computing order; null where nothing has any weight.
 * A child without weight is left out, and so is a node below which nothing has any: its siblings carry its share.
 */
export function weighted(prepared, question) {
  const given = question.weights ?? {};
  const branches = [];
  for (const branch of prepared.payload.branches) {
    const lone = branch.children.length === 1;
    const named = !lone && branch.children.some((child) => child.key in given);
    const number = (child) => (!named ? child.weight : child.key in given ? given[child.key] : 100 * child.weight);
    const counted = branch.children.filter(
      (child) => number(child) > 0 && (child.leaf !== null || branches[child.branch].children.length > 0),
    );
    const own = !named && counted.length === branch.children.length;
    const total = own ? 1 : counted.reduce((sum, child) => sum + number(child), 0);
    branches.push({
      p: branch.p,
      floor: branch.floor,
      children: counted.map((child) => ({
        leaf: child.leaf,
        branch: child.branch,
        number: branch.children.indexOf(child),
        share: number(child) / total,
        floored: child.floored,
        low: child.span ? child.span[0] : 0,
        high: child.span ? child.span[1] : 1,
        spanned: child.span !== null,
      })),
    });
  }
  const root = branches.at(-1);
  return root?.children.length ? branches : null;
}

/** Keys of the rules of evidence that a country does not meet in a question. */
export function failing(prepared, question, index) {
  const asked = question.evidence ?? {};
  return prepared.rules
    .filter((rule) => asked[rule.key] !== 'off' && !(rule.ages[index] <= (asked[rule.key] ?? rule.within)))
    .map((rule) => rule.key);
}

/** The status of every country in a question, by its number. Weights play no part. */
export function statuses(prepared, question) {
  const letIn = new Set([...(question.let_in ?? [])].filter((reason) => !prepared.fixed.has(reason)));
  const asked = question.evidence ?? {};
  const limits = prepared.rules
    .filter((rule) => asked[rule.key] !== 'off')
    .map((rule) => [rule.ages, asked[rule.key] ?? rule.within]);
  return prepared.payload.countries.map((country, i) => {
    if (country.status === OUTSIDE && !letIn.has(country.reason)) { return OUTSIDE; }
    if (prepared.unknown[i]) { return NOT_RANKABLE; }
    if (!limits.every(([ages, within]) => ages[i] <= within)) { return PROVISIONAL; }
    return prepared.barred[i] ? country.status : RANKED;
  });
}

/* ---- official scores --------------------------------------------------------------------------------------------- */

/** A whole number, half to even, as the server rounds. */
export function rint(x) {
  const whole = Math.round(x);
  return whole - x === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}

/** Number of entries of a rising array that are at most `key`. */
function upTo(sorted, key) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= key) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

/** The branches by which a question scores, null where nothing has any weight. */
function official(prepared, question, u, status) {
  const branches = weighted(prepared, question);
  if (!branches) { return null; }
  const scores = new Float64Array(branches.length);
  const ranked = () => status.flatMap((one, i) => {
    if (one !== RANKED) { return []; }
    aggregate(branches, u, i * prepared.width, scores);
    return Number.isNaN(scores.at(-1)) ? [] : [i];
  });
  return rooted(prepared, question, branches, u, ranked);
}

/**
 * Official scores, and ranks of every country in a question.
 * @param {object} prepared of `prepare`
 * @param {Question} question
 * @returns {{rows: Row[], order: number[], error: string}} `rows` by number of the country; `order` the numbers of the
 *   ranked, best first, equal ranks in the payload's order; `error` is "" or `ALL_ZERO`, by which no row has a score
 */
export function rank(prepared, question) {
  const { size, width, need, feasibility, payload } = prepared;
  const u = valuesOf(prepared, question);
  const status = statuses(prepared, question);
  const branches = official(prepared, question, u, status);
  const scores = new Float64Array(payload.branches.length);
  const quantised = new Float64Array(size).fill(NaN);
  const shown = (b) => (b < 0 || !(scores[b] >= 0) ? null : 100 * scores[b]);
  const rows = new Array(size);
  for (let i = 0; i < size; i += 1) {
    if (branches) { aggregate(branches, u, i * width, scores); } else { scores.fill(NaN); }
    const score = status[i] === NOT_RANKABLE ? NaN : scores.at(-1);
    quantised[i] = rint(score * payload.quantum);
    rows[i] = {
      index: i,
      status: status[i],
      rank: null,
      place: null,
      score: score >= 0 ? 100 * score : null,
      need: shown(need),
      feasibility: shown(feasibility),
    };
  }
  const order = rows.filter((row) => row.status === RANKED && row.score !== null).map((row) => row.index);
  const sorted = Float64Array.from(order, (i) => quantised[i]).sort();
  for (const row of rows) {
    if (row.score !== null) {
      row.place = 1 + sorted.length - upTo(sorted, quantised[row.index]);
      row.rank = row.status === RANKED ? row.place : null;
    }
  }
  order.sort((a, b) => rows[a].rank - rows[b].rank || a - b);
  return { rows, order, error: branches ? '' : ALL_ZERO };
}
