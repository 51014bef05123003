/* Random numbers for the draws: a seeded generator, the shared pool of quantile numbers, gammas, and drawn weights. */

/** Draws at a time: they fit in the cache, and a worker hears of a newer question between two blocks. */
export const BLOCK = 1000;
/** The most draws of one call. */
export const WINDOW = 1 << 16;
/** Quantiles of a cell's law: a byte numbers them. */
export const QUANTILES = 256;

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
let pool = null;

/** Numbers of quantiles of which each cell takes a run: one permutation after another, so that runs are balanced. */
export function numbers() {
  if (!pool) {
    const random = generator(POOL_SEED);
    pool = new Uint8Array(POOL + WINDOW);
    for (let start = 0; start < pool.length; start += QUANTILES) {
      for (let i = 0; i < QUANTILES; i += 1) {
        const j = Math.floor((random() / 0x100000000) * (i + 1));
        pool[start + i] = pool[start + j];
        pool[start + j] = i;
      }
    }
  }
  return pool;
}

/** Distinct places in the pool: two cells at one point would be drawn as one. */
export function places(count, random) {
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

/** The Dirichlet concentration of a branch of n children: its own, or an average weight has the relative spread rho. */
function concentration(payload, b, n) {
  return payload.branches[b].concentration ?? payload.concentration ?? (n - 1) / payload.rho ** 2 - 1;
}

/** Draws of the weights of a question: of each branch one row a child, block after block. */
export class WeightDraws {
  /** `shares` gives, of each branch, the children's shares by level; the question's own are the only level without it. */
  constructor(prepared, branches, random, shares = branches.map(({ children }) => [children.map((child) => child.share)])) {
    this.shares = shares;
    // Every child has its places, counted or not: what a question does not change is drawn as before.
    let at = 0;
    const first = prepared.payload.branches.map((branch) => { at += 3 * branch.children.length; return at; });
    const offsets = places(at, random);
    this.rows = branches.map((branch, b) => {
      const start = first[b] - 3 * prepared.payload.branches[b].children.length;
      const c = concentration(prepared.payload, b, branch.children.length);
      return branch.children.map((child, i) => ({
        ...(branch.children.length > 1 ? laws(shares[b].map((level) => c * level[i])) : {}),
        offsets: offsets.subarray(start + 3 * child.number, start + 3 * child.number + 3),
        values: new Float32Array(BLOCK).fill(1),
      }));
    });
  }

  /** Draw a block; its rows hold until the next. `levels` has the level of each draw by branch, null for the only one. */
  block(start, count, levels = null) {
    this.rows.forEach((rows, b) => {
      if (rows.length < 2) { return; }
      const level = levels?.[b] ?? null;
      rows.forEach((row) => this.gamma(row, start, count, level));
      for (let k = 0; k < count; k += 1) {
        let sum = 0;
        for (const row of rows) { sum += row.values[k]; }
        for (let c = 0; c < rows.length; c += 1) {
          rows[c].values[k] = sum > 0 ? rows[c].values[k] / sum : this.shares[b][level ? level[k] : 0][c];
        }
      }
    });
    return this.rows.map((rows) => rows.map((row) => row.values));
  }

  gamma({ table, powers, offsets, values }, start, count, level) {
    const drawn = numbers();
    const [coarse, fine, boost] = offsets;
    for (let k = 0, at = start; k < count; k += 1, at += 1) {
      const number = (drawn[coarse + at] << 2) | (drawn[fine + at] >> 6);
      values[k] = table[level ? level[k] * GAMMAS + number : number];
    }
    if (!powers) { return; }
    // Small shapes live in their tails, which quantiles cut off: Gamma(a) is Gamma(a + 1) times U to the 1/a.
    for (let k = 0, at = start; k < count; k += 1, at += 1) {
      const power = powers[level ? level[k] : 0];
      if (power) { values[k] *= ((drawn[boost + at] + (drawn[fine + at] + 0.5) / 256) / 256) ** power; }
    }
  }
}

/** Quantiles of gammas of these shapes, one after another, and the powers that small shapes need, null if none does. */
function laws(shapes) {
  const table = new Float32Array(shapes.length * GAMMAS);
  shapes.forEach((shape, i) => table.set(gammaQuantiles(shape < LEAST_SHAPE ? shape + 1 : shape), i * GAMMAS));
  const powers = shapes.map((shape) => (shape < LEAST_SHAPE ? 1 / shape : 0));
  return { table, powers: powers.some(Boolean) ? powers : null };
}
