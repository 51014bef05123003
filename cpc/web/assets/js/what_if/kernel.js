/* The scoring kernel in the browser: official scores and ranks of a question, and draws of data and weights.
   No DOM and no dependency: the page, its worker and Node run the same file. Data come from selection/what_if/payload.py,
   whose docstring describes them; the arithmetic is that of selection/scoring (tree.py, robustness/layout.py). */

/**
 * A question to a run, as `Question.to_dict` writes it.
 * @typedef {object} Question
 * @property {Object<string, number>} [weights] by key of a criterion or node; who is not named has a hundred times its
 *   share, so numbers are percent. They count in proportion within their group; a lone child always has all of it.
 * @property {Iterable<string>} [let_in] reasons outside the pool whose countries are counted in
 * @property {Object<string, (number|"off")>} [evidence] by key of a rule: another limit in years, or that it is not asked
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

const BLOCK = 1000; // draws at a time: they fit in the cache, and a worker hears of a newer question between them
const SCORE_BITS = 23;
const PERCENTS = [5, 50, 95];

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
  const at = (key) => payload.branches.findIndex((branch) => branch.key === key);
  return {
    payload,
    size,
    width,
    u,
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
function weighted(prepared, question) {
  const given = question.weights ?? {};
  const branches = [];
  for (const branch of prepared.payload.branches) {
    const lone = branch.children.length === 1;
    const named = !lone && branch.children.some((child) => child.key in given);
    const number = (child) => (!named ? child.weight : child.key in given ? given[child.key] : 100 * child.weight);
    const kept = branch.children.filter(
      (child) => number(child) > 0 && (child.leaf !== null || branches[child.branch].children.length > 0),
    );
    const own = !named && kept.length === branch.children.length;
    const total = own ? 1 : kept.reduce((sum, child) => sum + number(child), 0);
    branches.push({
      p: branch.p,
      floor: branch.floor,
      children: kept.map((child) => ({
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
  return root && root.children.length ? branches : null;
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

/** What a child's score is in its parent's mean: scaled to its span, and lifted off zero where the mean needs it. */
function entering(branch, child, score) {
  let value = score;
  if (child.spanned) { value = Math.min(1, Math.max(0, (value - child.low) / (child.high - child.low))); }
  return child.floored ? branch.floor + (1 - branch.floor) * value : value;
}

/** Scores of every branch for one country into `scores`, NaN for none: a gap gives its weight to its siblings. */
function aggregate(branches, u, start, scores) {
  for (let b = 0; b < branches.length; b += 1) {
    const branch = branches[b];
    let total = 0;
    let whole = 0;
    let gap = false;
    for (const child of branch.children) {
      const score = child.leaf !== null ? u[start + child.leaf] : scores[child.branch];
      if (Number.isNaN(score)) {
        gap = true;
      } else {
        const value = entering(branch, child, score);
        total += child.share * (branch.p === 1 ? value : branch.p === 0 ? Math.log(value) : value ** branch.p);
        whole += child.share;
      }
    }
    const mean = gap ? total / whole : total; // 0/0 where nothing is there
    scores[b] = whole === 0 ? NaN : branch.p === 1 ? mean : branch.p === 0 ? Math.exp(mean) : mean ** (1 / branch.p);
  }
}

/** A whole number, half to even, as the server rounds. */
function rint(x) {
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

/**
 * Official scores, ranks and places of every country in a question.
 * @param {object} prepared of `prepare`
 * @param {Question} question
 * @returns {{rows: Row[], order: number[], error: string}} `rows` by number of the country; `order` the numbers of the
 *   ranked, best first, equal ranks in the payload's order; `error` is "" or `ALL_ZERO`, in which case no row has a score
 */
export function rank(prepared, question) {
  const { size, width, u, need, feasibility, payload } = prepared;
  const branches = weighted(prepared, question);
  const status = statuses(prepared, question);
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

/* ---- tables of the draws ---------------------------------------------------------------------------------------- */

/** Read the binary file of the laws of uncertain cells. */
export function readTables(prepared, buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 20 || view.getUint32(0) !== 0x43504331) { throw new Error('these are no tables of cells'); }
  const quantiles = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const cells = view.getUint32(12, true);
  const of = new Int32Array(prepared.size * prepared.width).fill(-1);
  for (let c = 0; c < cells; c += 1) {
    const at = 20 + 6 * c;
    of[view.getUint16(at, true) * prepared.width + view.getUint16(at + 2, true)] = view.getUint16(at + 4, true);
  }
  const low = new Uint8Array(buffer, 20 + 6 * cells, count * quantiles);
  const high = new Uint8Array(buffer, 20 + 6 * cells + count * quantiles, count * quantiles);
  const values = new Float32Array(count * quantiles);
  for (let t = 0; t < count; t += 1) {
    let level = 0;
    for (let q = t * quantiles; q < (t + 1) * quantiles; q += 1) {
      level += low[q] + 256 * high[q];
      values[q] = level / 65535;
    }
  }
  return { quantiles, of, values };
}

/* ---- random numbers --------------------------------------------------------------------------------------------- */

/** xoshiro128** from a seed of up to 53 bits: a function that gives whole numbers of 32 bits. */
export function generator(seed) {
  let state = (seed % 0x100000000) ^ Math.imul(Math.floor(seed / 0x100000000), 0x9e3779b1);
  const next = () => { // splitmix32 spreads the seed
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    let result = Math.imul(b, 5);
    result = Math.imul((result << 7) | (result >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

const POOL = 1 << 18;
const POOL_SEED = 7;
const WINDOW = 1 << 16; // the most draws of one call
let pool = null;

/** Numbers of quantiles of which each cell takes a run: permutations of 0 to 255, so that every run is balanced. */
function numbers() {
  if (!pool) {
    const random = generator(POOL_SEED);
    pool = new Uint8Array(POOL + WINDOW);
    for (let start = 0; start < pool.length; start += 256) {
      for (let i = 0; i < 256; i += 1) {
        const j = Math.floor((random() / 0x100000000) * (i + 1));
        pool[start + i] = pool[start + j];
        pool[start + j] = i;
      }
    }
  }
  return pool;
}

/** Distinct places in the pool: two cells at one place would be drawn as one. */
function places(count, random) {
  const taken = new Set();
  while (taken.size < count) { taken.add(random() % POOL); }
  return Int32Array.from(taken);
}

const GAMMAS = 1024;
const GRID = 4000;
const LEAST_SHAPE = 0.5;
const gammas = new Map();

/** Quantiles of Gamma(shape, 1), by summing its density over logarithms, where it is smooth. */
export function gammaQuantiles(shape) {
  if (!gammas.has(shape)) {
    if (gammas.size > 256) { gammas.clear(); }
    const start = Math.log(1e-7) / shape;
    const step = (Math.log(shape + 12 * Math.sqrt(shape) + 20) - start) / (GRID - 1);
    const peak = shape * Math.log(shape) - shape;
    const below = new Float64Array(GRID);
    let before = Math.exp(shape * start - Math.exp(start) - peak);
    for (let i = 1; i < GRID; i += 1) {
      const y = start + step * i;
      const density = Math.exp(shape * y - Math.exp(y) - peak);
      below[i] = below[i - 1] + before + density;
      before = density;
    }
    const found = new Float32Array(GAMMAS);
    for (let q = 0, i = 1; q < GAMMAS; q += 1) {
      const wanted = ((q + 0.5) / GAMMAS) * below[GRID - 1];
      while (below[i] < wanted) { i += 1; }
      found[q] = Math.exp(start + step * (i - 1 + (wanted - below[i - 1]) / (below[i] - below[i - 1])));
    }
    gammas.set(shape, found);
  }
  return gammas.get(shape);
}

/** The Dirichlet concentration of a branch of n children: an average weight has the relative spread rho. */
function concentration(payload, n) {
  return payload.concentration ?? (n - 1) / payload.rho ** 2 - 1;
}

/** Draws of the weights of a question: of each branch one row a child, block after block. */
class WeightDraws {
  constructor(prepared, branches, random) {
    this.branches = branches;
    // Every child has its places, counted or not: what a question does not change is drawn as before.
    let at = 0;
    const first = prepared.payload.branches.map((branch) => { at += 3 * branch.children.length; return at; });
    const offsets = places(at, random);
    this.rows = branches.map((branch, b) => {
      const start = first[b] - 3 * prepared.payload.branches[b].children.length;
      const c = concentration(prepared.payload, branch.children.length);
      return branch.children.map((child) => {
        const shape = branch.children.length === 1 ? 0 : c * child.share;
        const small = shape < LEAST_SHAPE;
        return {
          shape,
          small,
          table: shape ? gammaQuantiles(small ? shape + 1 : shape) : null,
          offsets: offsets.subarray(start + 3 * child.number, start + 3 * child.number + 3),
          values: new Float32Array(BLOCK).fill(1),
        };
      });
    });
  }

  /** Draw a block; its rows hold until the next. */
  block(start, count) {
    this.rows.forEach((rows, b) => {
      if (rows.length < 2) { return; }
      rows.forEach((row) => this.gamma(row, start, count));
      for (let k = 0; k < count; k += 1) {
        let sum = 0;
        for (const row of rows) { sum += row.values[k]; }
        for (let c = 0; c < rows.length; c += 1) {
          rows[c].values[k] = sum > 0 ? rows[c].values[k] / sum : this.branches[b].children[c].share;
        }
      }
    });
    return this.rows.map((rows) => rows.map((row) => row.values));
  }

  gamma({ shape, small, table, offsets, values }, start, count) {
    const drawn = numbers();
    const [coarse, fine, boost] = offsets;
    for (let k = 0, at = start; k < count; k += 1, at += 1) {
      values[k] = table[(drawn[coarse + at] << 2) | (drawn[fine + at] >> 6)];
      // Small shapes live in their tails, which quantiles cut off: Gamma(a) is Gamma(a + 1) times U to the 1/a.
      if (small) { values[k] *= ((drawn[boost + at] + (drawn[fine + at] + 0.5) / 256) / 256) ** (1 / shape); }
    }
  }
}

/* ---- the draws -------------------------------------------------------------------------------------------------- */

/**
 * The way from drawn cells and weights to scores. A unit is a lone leaf or a maximal branch of arithmetic means: its
 * score is one sum of products. What lies above, a geometric mean or an axis with a span, is computed value by value.
 */
function layOut(branches) {
  const flat = [];
  for (const branch of branches) {
    flat.push(branch.p === 1
      && branch.children.every((child) => !child.spanned && (child.leaf !== null || flat[child.branch])));
  }
  const root = branches.length - 1;
  const leaves = (child) => (child.leaf !== null ? [child.leaf] : branches[child.branch].children.flatMap(leaves));
  const reached = new Set();
  const reach = (b) => { reached.add(b); branches[b].children.forEach((c) => { if (c.leaf === null) { reach(c.branch); } }); };
  reach(root);
  const units = [];
  const unitOf = (child) => {
    units.push({ branch: child.leaf !== null ? -1 : child.branch, leaves: leaves(child) });
    return units.length - 1;
  };
  const above = [];
  if (flat[root]) {
    unitOf({ leaf: null, branch: root });
  } else {
    branches.forEach((branch, b) => {
      if (flat[b] || !reached.has(b)) { return; }
      above.push({
        b,
        branch,
        parts: branch.children.map((child) => ({
          child,
          leaves: leaves(child),
          unit: child.leaf !== null || flat[child.branch] ? unitOf(child) : -1,
        })),
      });
    });
  }
  const lowest = (branch) => (branch.p > 0 ? 0 : Math.min(
    ...branch.children.map((child) => (child.floored ? branch.floor : lowest(branches[child.branch]))),
  ));
  return { branches, units, above, root, leaves, lowest: lowest(branches[root]) };
}

/** Scores and ranks of blocks of draws over some countries: the first `m` are ranked, the others take places. */
class Blocks {
  /** `cells(country, leaf)` is null for an exact cell, else a function that adds the cell's draws times their weights. */
  constructor(prepared, branches, countries, m, cells) {
    this.layout = layOut(branches);
    this.m = m;
    this.countries = countries;
    this.bits = Math.max(1, Math.ceil(Math.log2(Math.max(m, 1))));
    this.scale = 2 ** Math.min(SCORE_BITS, 30 - this.bits) - 1;
    this.keys = new Int32Array(BLOCK * m);
    this.others = new Int32Array(BLOCK * (countries.length - m));
    this.sums = this.layout.units.map(() => new Float64Array(BLOCK));
    this.done = new Map(this.layout.above.map(({ b }) => [b, new Float64Array(BLOCK)]));
    this.whole = new Float64Array(BLOCK);
    this.patterns = new Map();
    const { u, width } = prepared;
    this.plans = countries.map((country) => {
      const absent = (leaf) => Number.isNaN(u[country * width + leaf]);
      const terms = this.layout.units.map((unit) => unit.leaves.filter((leaf) => !absent(leaf)).map((leaf) => ({
        leaf, u: u[country * width + leaf], add: cells(country, leaf),
      })));
      return { terms, absent, pattern: this.pattern(absent) };
    });
  }

  /** Countries whose absent cells are the same share their weights. */
  pattern(absent) {
    const key = this.layout.units.flatMap((unit) => unit.leaves.filter(absent)).join();
    if (!this.patterns.has(key)) {
      const rows = new Map();
      this.layout.units.forEach((unit) => unit.leaves.forEach((leaf) => rows.set(leaf, new Float32Array(BLOCK))));
      this.patterns.set(key, { absent, rows });
    }
    return this.patterns.get(key);
  }

  /** Weights of the leaves within each unit, from the drawn weights of the branches. */
  spread(local, count) {
    for (const { absent, rows } of this.patterns.values()) {
      for (const unit of this.layout.units) {
        if (unit.branch < 0) {
          rows.get(unit.leaves[0]).fill(1);
        } else {
          this.descend(unit.branch, null, local, absent, rows, count);
        }
      }
    }
  }

  descend(b, share, local, absent, rows, count) {
    const { children } = this.layout.branches[b];
    const kept = children.map((_, c) => c).filter((c) => !this.layout.leaves(children[c]).every(absent));
    let scale = share;
    if (kept.length < children.length) {
      scale = new Float32Array(count);
      for (let k = 0; k < count; k += 1) {
        let whole = 0;
        for (const c of kept) { whole += local[b][c][k]; }
        scale[k] = (share ? share[k] : 1) / (whole > 0 ? whole : 1);
      }
    }
    for (const c of kept) {
      const child = children[c];
      const own = local[b][c];
      const out = child.leaf !== null ? rows.get(child.leaf) : new Float32Array(count);
      for (let k = 0; k < count; k += 1) { out[k] = scale ? scale[k] * own[k] : own[k]; }
      if (child.leaf === null) { this.descend(child.branch, out, local, absent, rows, count); }
    }
  }

  /** Score a block; `start` is the number of its first draw. Keys and places hold until the next. */
  run(local, start, count) {
    this.spread(local, count);
    const { root, above } = this.layout;
    const geometric = above.length > 0 && this.layout.branches[root].p === 0;
    const factor = geometric ? this.scale / Math.log(this.layout.lowest) : -this.scale;
    const base = geometric ? 0 : this.scale;
    this.plans.forEach((plan, slot) => {
      plan.terms.forEach((terms, number) => sumUp(this.sums[number], terms, plan.pattern.rows, start, count));
      for (const node of above) { this.mean(node, plan, local, count); }
      const score = above.length ? this.done.get(root) : this.sums[0];
      if (slot < this.m) {
        pack(score, factor, base, this.keys, slot, this.m, this.bits, slot, count);
      } else {
        pack(score, factor, base, this.others, (slot - this.m) * BLOCK, 1, 0, 0, count);
      }
    });
    for (let k = 0; k < count; k += 1) { this.keys.subarray(k * this.m, (k + 1) * this.m).sort(); }
  }

  mean({ b, branch, parts }, plan, local, count) {
    const out = this.done.get(b);
    const here = parts.filter((part) => !part.leaves.every(plan.absent));
    out.fill(0, 0, count);
    here.forEach((part) => {
      const values = part.unit >= 0 ? this.sums[part.unit] : this.done.get(part.child.branch);
      addMean(out, values, local[b][parts.indexOf(part)], branch, part.child, count);
    });
    if (here.length < parts.length) {
      for (let k = 0; k < count; k += 1) {
        let whole = 0;
        for (const part of here) { whole += local[b][parts.indexOf(part)][k]; }
        out[k] /= whole > 0 ? whole : 1;
      }
    }
    if (branch.p === 1 || (branch.p === 0 && b === this.layout.root)) { return; } // the order of logarithms is enough
    for (let k = 0; k < count; k += 1) { out[k] = branch.p === 0 ? Math.exp(out[k]) : out[k] ** (1 / branch.p); }
  }

  /** Call `each(slot, draw, rank)` with the ranks of a block (from 0); equal scores share the best one. */
  ranks(count, each) {
    const { m, bits, keys } = this;
    const mask = (1 << bits) - 1;
    for (let k = 0; k < count; k += 1) {
      let before = -1;
      let taken = 0;
      for (let i = 0; i < m; i += 1) {
        const key = keys[k * m + i];
        if (key >> bits !== before) {
          before = key >> bits;
          taken = i;
        }
        each(key & mask, k, taken);
      }
    }
  }

  /** The number of ranked countries above the other of this number in one draw. */
  above(other, k) {
    const own = this.others[other * BLOCK + k] << this.bits;
    let low = k * this.m;
    let high = low + this.m;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] < own) { low = middle + 1; } else { high = middle; }
    }
    return low - k * this.m;
  }
}

/** The score of one unit of one country: cells times weights. */
function sumUp(out, terms, rows, start, count) {
  out.fill(0, 0, count);
  for (const { leaf, u, add } of terms) {
    const weights = rows.get(leaf);
    if (add) {
      add(out, weights, start, count);
    } else if (u !== 0) {
      for (let k = 0; k < count; k += 1) { out[k] += weights[k] * u; }
    }
  }
}

function addMean(out, values, weights, branch, child, count) {
  const floor = child.floored ? branch.floor : 0;
  const slope = (1 - floor) / (child.high - child.low);
  const base = floor - child.low * slope;
  const power = branch.p;
  for (let k = 0; k < count; k += 1) {
    let value = base + slope * values[k];
    if (child.spanned) { value = value < floor ? floor : value > 1 ? 1 : value; }
    out[k] += weights[k] * (power === 0 ? Math.log(value) : power === 1 ? value : value ** power);
  }
}

/** Write shortfalls from full marks in whole numbers, 0 is best, each shifted above the bits of its country. */
function pack(score, factor, base, out, at, stride, bits, slot, count) {
  for (let k = 0, to = at; k < count; k += 1, to += stride) {
    const short = base + factor * score[k];
    out[to] = ((short > 0 ? short : 0) << bits) | slot;
  }
}

/** First and last rank of the bands in which shares of draws are shown. */
export function bands(short, first, ranked) {
  const ends = [...new Set([Math.max(1, Math.floor(short / 2)), short, first, 2 * first])].sort((a, b) => a - b);
  const starts = [1, ...ends.map((end) => end + 1)];
  return [...ends.map((end, i) => [starts[i], end]), [starts.at(-1), Math.max(ranked, starts.at(-1))]];
}

/**
 * Draw data and weights together.
 * @param {object} prepared of `prepare`
 * @param {object} tables of `readTables`
 * @param {Question} question
 * @param {{draws?: number, seed?: number, onProgress?: function(number, number): void}} [options] the run's draws and
 *   seed where none are given; the same seed gives the same answer, and unchanged parts of a question the same draws
 * @returns {Findings}
 */
export function draw(prepared, tables, question, options = {}) {
  const work = drawing(prepared, tables, question, options);
  let step = work.next();
  while (!step.done) {
    options.onProgress?.(step.value, options.draws ?? prepared.payload.draws);
    step = work.next();
  }
  return step.value;
}

/**
 * @typedef {object} Findings
 * @property {string} error "" or `ALL_ZERO`
 * @property {number} draws
 * @property {number[]} ranked numbers of the ranked countries, in official order
 * @property {number[]} provisional
 * @property {Int32Array} low rank at 5% of the draws by number of the country, 0 for who is neither; of a provisional
 *   country the place
 * @property {Int32Array} median
 * @property {Int32Array} high rank at 95%
 * @property {Float64Array} p10 share of draws within the smaller N of the run (`short`), NaN for who is neither
 * @property {Float64Array} p20 share of draws within the greater N (`first`)
 * @property {number[][]} bands first and last rank of each band
 * @property {Float64Array} bins share of draws by country and band
 */

/** The same block by block: a generator that yields the draws done and returns the findings. */
export function* drawing(prepared, tables, question, { draws = prepared.payload.draws, seed = prepared.payload.seed } = {}) {
  if (!(draws >= 1 && draws <= WINDOW)) { throw new RangeError(`${draws} draws; take 1 to ${WINDOW}`); }
  const branches = weighted(prepared, question);
  const official = rank(prepared, question);
  const provisional = official.rows.filter((r) => r.status === PROVISIONAL && r.score !== null).map((r) => r.index);
  if (!branches) { return { ...summary(prepared, [], [], [], [], draws), error: ALL_ZERO }; }
  const ranked = official.order;
  const m = ranked.length;
  const drawn = numbers();
  const offsets = places(tables.of.length, generator(seed));
  const weights = new WeightDraws(prepared, branches, generator(seed + 1));
  const blocks = new Blocks(prepared, branches, [...ranked, ...provisional], m, (country, leaf) => {
    const cell = country * prepared.width + leaf;
    return tables.of[cell] < 0 ? null : fromTable(tables, tables.of[cell], drawn, offsets[cell]);
  });
  const counts = new Uint32Array(m * m);
  const beside = new Uint32Array(provisional.length * (m + 1));
  for (let start = 0; start < draws; start += BLOCK) {
    const count = Math.min(BLOCK, draws - start);
    blocks.run(weights.block(start, count), start, count);
    tally(blocks, count, counts, beside, provisional.length);
    yield start + count;
  }
  return summary(prepared, ranked, provisional, counts, beside, draws);
}

function fromTable(tables, number, drawn, offset) {
  const { values, quantiles } = tables;
  const table = values.subarray(number * quantiles, (number + 1) * quantiles);
  return (out, weights, start, count) => takeTable(out, weights, table, drawn, offset + start, count);
}

function takeTable(out, weights, table, drawn, from, count) {
  for (let k = 0; k < count; k += 1) { out[k] += weights[k] * table[drawn[from + k]]; }
}

function tally(blocks, count, counts, beside, others) {
  const { m } = blocks;
  blocks.ranks(count, (slot, k, taken) => { counts[slot * m + taken] += 1; });
  for (let other = 0; other < others; other += 1) {
    for (let k = 0; k < count; k += 1) { beside[other * (m + 1) + blocks.above(other, k)] += 1; }
  }
}

function summary(prepared, ranked, provisional, counts, beside, draws) {
  const { size, payload } = prepared;
  const cuts = bands(payload.short, payload.first, ranked.length);
  const found = {
    error: '',
    draws,
    ranked,
    provisional,
    low: new Int32Array(size),
    median: new Int32Array(size),
    high: new Int32Array(size),
    p10: new Float64Array(size).fill(NaN),
    p20: new Float64Array(size).fill(NaN),
    bands: cuts,
    bins: new Float64Array(size * cuts.length),
  };
  const describe = (country, own) => {
    const share = (from, to) => own.slice(from - 1, to).reduce((sum, n) => sum + n, 0) / draws;
    [found.low, found.median, found.high].forEach((ends, i) => {
      let cumulated = 0;
      let at = 0;
      while (at < own.length && (cumulated + own[at]) * 100 < PERCENTS[i] * draws) { cumulated += own[at]; at += 1; }
      ends[country] = at + 1;
    });
    found.p10[country] = share(1, payload.short);
    found.p20[country] = share(1, payload.first);
    cuts.forEach(([from, to], i) => { found.bins[country * cuts.length + i] = share(from, i === cuts.length - 1 ? own.length : to); });
  };
  const m = ranked.length;
  ranked.forEach((country, slot) => describe(country, counts.slice(slot * m, (slot + 1) * m)));
  provisional.forEach((country, slot) => describe(country, beside.slice(slot * (m + 1), (slot + 1) * (m + 1))));
  return found;
}

/**
 * Ranks of some countries in draws that are given: the proof that browser and server count alike.
 * @param {object} prepared of `prepare`
 * @param {number[]} countries
 * @param {Float32Array|Float64Array} uDraws u by country, criterion and draw; what does not apply is NaN in the payload
 * @param {Float32Array[][]} weightDraws by branch and child the local weights of the draws, in the payload's order
 * @returns {Uint16Array} ranks from 1, by country and draw
 */
export function rankDraws(prepared, countries, uDraws, weightDraws) {
  const draws = uDraws.length / (countries.length * prepared.width);
  const at = new Map(countries.map((country, slot) => [country, slot]));
  const blocks = new Blocks(prepared, weighted(prepared, {}), countries, countries.length, (country, leaf) => {
    const from = (at.get(country) * prepared.width + leaf) * draws;
    return (out, weights, start, count) => {
      for (let k = 0; k < count; k += 1) { out[k] += weights[k] * uDraws[from + start + k]; }
    };
  });
  const ranks = new Uint16Array(countries.length * draws);
  for (let start = 0; start < draws; start += BLOCK) {
    const count = Math.min(BLOCK, draws - start);
    const local = weightDraws.map((rows) => rows.map((row) => row.subarray(start, start + count)));
    blocks.run(local, start, count);
    blocks.ranks(count, (slot, k, taken) => { ranks[slot * draws + start + k] = taken + 1; });
  }
  return ranks;
}
