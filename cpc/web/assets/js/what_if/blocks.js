/* Scores and ranks of blocks of draws, by country: the arithmetic of selection/scoring/robustness/layout.py. */

import { BLOCK } from './chance.js';

const SCORE_BITS = 23;

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
  const reach = (b) => {
    reached.add(b);
    branches[b].children.filter((child) => child.leaf === null).forEach((child) => reach(child.branch));
  };
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

/** Scores and ranks of blocks of draws over some countries: the first `m` are ranked, the others are provisional. */
export class Blocks {
  /** `cells(country, leaf)` is null for an exact cell, else a function that adds the cell's draws times the weights. */
  constructor({ width }, u, branches, countries, m, cells) {
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
    const present = children.map((_, c) => c).filter((c) => !this.layout.leaves(children[c]).every(absent));
    let scale = share;
    if (present.length < children.length) {
      scale = new Float32Array(count);
      for (let k = 0; k < count; k += 1) {
        let whole = 0;
        for (const c of present) { whole += local[b][c][k]; }
        scale[k] = (share ? share[k] : 1) / (whole > 0 ? whole : 1);
      }
    }
    for (const c of present) {
      const child = children[c];
      const own = local[b][c];
      const out = child.leaf !== null ? rows.get(child.leaf) : new Float32Array(count);
      for (let k = 0; k < count; k += 1) { out[k] = scale ? scale[k] * own[k] : own[k]; }
      if (child.leaf === null) { this.descend(child.branch, out, local, absent, rows, count); }
    }
  }

  /**
   * Score a block; `start` is the number of its first draw. The keys hold until the next. `axes` are the slopes
   * and shifts of the root's children by draw, of which the first `geometric` have the root's own mean, the others an
   * arithmetic one; without it all are the root's own.
   */
  run(local, start, count, axes = null) {
    this.spread(local, count);
    const { root, above } = this.layout;
    const isGeometric = above.length > 0 && this.layout.branches[root].p === 0;
    const logs = isGeometric ? axes?.geometric ?? count : 0; // draws whose scores are logarithms
    const factor = this.scale / Math.log(this.layout.lowest);
    this.plans.forEach((plan, slot) => {
      plan.terms.forEach((terms, number) => sumUp(this.sums[number], terms, plan.pattern.rows, start, count));
      for (const node of above) { this.mean(node, plan, local, count, node.b === root ? axes : null); }
      const score = above.length ? this.done.get(root) : this.sums[0];
      const [out, at, stride, bits, mark] = slot < this.m
        ? [this.keys, slot, this.m, this.bits, slot]
        : [this.others, (slot - this.m) * BLOCK, 1, 0, 0];
      pack(score, factor, 0, out, at, stride, bits, mark, 0, logs);
      pack(score, -this.scale, this.scale, out, at, stride, bits, mark, logs, count);
    });
    for (let k = 0; k < count; k += 1) { this.keys.subarray(k * this.m, (k + 1) * this.m).sort(); }
  }

  mean({ b, branch, parts }, plan, local, count, axes) {
    const out = this.done.get(b);
    const here = parts.filter((part) => !part.leaves.every(plan.absent));
    out.fill(0, 0, count);
    here.forEach((part) => {
      const values = part.unit >= 0 ? this.sums[part.unit] : this.done.get(part.child.branch);
      const c = parts.indexOf(part);
      if (axes) {
        const floor = part.child.floored ? branch.floor : 0;
        addAxis(out, values, local[b][c], axes.slopes[c], axes.shifts[c], floor, branch.p, 0, axes.geometric);
        addAxis(out, values, local[b][c], axes.slopes[c], axes.shifts[c], 0, 1, axes.geometric, count);
      } else {
        addMean(out, values, local[b][c], branch, part.child, count);
      }
    });
    if (here.length < parts.length) {
      for (let k = 0; k < count; k += 1) {
        let whole = 0;
        for (const part of here) { whole += local[b][parts.indexOf(part)][k]; }
        out[k] /= whole > 0 ? whole : 1;
      }
    }
    if (branch.p === 1 || (branch.p === 0 && b === this.layout.root)) { return; } // the order of logarithms is enough
    const own = axes ? axes.geometric : count; // an arithmetic mean is the sum itself
    for (let k = 0; k < own; k += 1) { out[k] = branch.p === 0 ? Math.exp(out[k]) : out[k] ** (1 / branch.p); }
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

/** The same of an axis by the designs of the draws from `from` to `to`. */
function addAxis(out, values, weights, slopes, shifts, floor, power, from, to) {
  for (let k = from; k < to; k += 1) {
    let value = slopes[k] * values[k] + shifts[k];
    value = value < floor ? floor : value > 1 ? 1 : value;
    out[k] += weights[k] * (power === 0 ? Math.log(value) : power === 1 ? value : value ** power);
  }
}

/** Write shortfalls from full marks in whole numbers, 0 is best, each shifted above the bits of its country. */
function pack(score, factor, base, out, at, stride, bits, slot, from, count) {
  for (let k = from, to = at + from * stride; k < count; k += 1, to += stride) {
    const short = base + factor * score[k];
    out[to] = ((short > 0 ? short : 0) << bits) | slot;
  }
}
