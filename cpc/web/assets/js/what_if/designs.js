/* Designs of a question: the options that it fixes, those that its draws vary, and what each of them changes. The rules
   are those of selection/what_if/designs.py; the arithmetic is that of selection/scoring/robustness/mix.py. */

import { BLOCK } from './chance.js';

/**
 * Numbers of the options of each choice that hold in a question: the one that is asked for, else the model's own; with
 * `varies`, all options of a choice of which none is asked for.
 */
export function optionsOf({ payload }, question, varies) {
  return payload.choices.map(({ key, options }) => {
    const asked = options.findIndex((option) => option.key === question.options?.[key]);
    if (asked >= 0) { return [asked]; }
    return varies ? options.map((_, number) => number) : [0];
  });
}

/** The level at which these options, a number for each choice, take a criterion. */
function levelOf({ choices, at }, options, payload) {
  return at[choices.reduce((row, choice) => row * payload.choices[choice].options.length + options[choice], 0)];
}

/** The official u of every country and criterion by the options that a question asks for. */
export function valuesOf(prepared, question) {
  const { payload, levels, width, size } = prepared;
  const official = optionsOf(prepared, question, false).flat();
  const taken = [...levels].map(([criterion, law]) => [criterion, levelOf(law, official, payload)]);
  const others = taken.filter(([, level]) => level > 0);
  if (!others.length) { return prepared.u; }
  const key = String(others);
  if (prepared.taken?.key !== key) {
    const u = prepared.u.slice();
    for (const [criterion, level] of others) {
      const column = levels.get(criterion).columns[level];
      for (let i = 0; i < size; i += 1) { u[i * width + criterion] = column[i]; }
    }
    prepared.taken = { key, u };
  }
  return prepared.taken.u;
}

/** What a child's score is in its parent's mean: scaled to its span, and lifted off zero where the mean needs it. */
function entering(branch, child, score) {
  let value = score;
  if (child.spanned) { value = Math.min(1, Math.max(0, (value - child.low) / (child.high - child.low))); }
  return child.floored ? branch.floor + (1 - branch.floor) * value : value;
}

/** Scores of every branch for one country into `scores`, NaN for none: a gap gives its weight to its siblings. */
export function aggregate(branches, u, start, scores) {
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

/* ---- axes -------------------------------------------------------------------------------------------------------- */

/** The percentiles of numbers, as the server interpolates them; NaN counts for nothing. */
export function percentiles(values, percents) {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  return percents.map((percent) => {
    const wanted = (percent / 100) * (sorted.length - 1);
    const below = Math.floor(wanted);
    const [a, b, t] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)], wanted - below];
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
  });
}

/** How options put values together: an arithmetic root, and the ends of the axes. */
function rulesOf({ payload }, options) {
  const taken = options.map((number, choice) => payload.choices[choice].options[number]);
  return {
    arithmetic: taken.some((option) => option.arithmetic),
    unscaled: taken.some((option) => option.unscaled),
    percents: taken.findLast((option) => option.percentiles)?.percentiles ?? null,
  };
}

/** The scores of a child of the root that count as 0 and as 1; `scores()` gives those of the countries that are `ranked`. */
function endsOf(child, { unscaled, percents }, ranked, scores) {
  if (!child.spanned || unscaled) { return [0, 1]; }
  if (!percents || !ranked) { return [child.low, child.high]; }
  const [low, high] = percentiles(scores(), percents);
  return high > low ? [low, high] : [low, low + 1];
}

function scoresOf(branches, child, countries, rowOf) {
  const scores = new Float64Array(branches.length);
  return countries.map((country) => {
    const [u, start] = rowOf(country);
    if (child.leaf !== null) { return u[start + child.leaf]; }
    aggregate(branches, u, start, scores);
    return scores[child.branch];
  });
}

/** The branches with the root that a question's own options make, its axes scaled among the countries of `ranked()`. */
export function rooted(prepared, question, branches, u, ranked) {
  const rules = rulesOf(prepared, optionsOf(prepared, question, false).flat());
  if (!rules.arithmetic && !rules.unscaled && !rules.percents) { return branches; }
  const root = branches.at(-1);
  const countries = rules.percents ? ranked() : [];
  const children = root.children.map((child) => {
    const scores = () => scoresOf(branches, child, countries, (country) => [u, country * prepared.width]);
    const [low, high] = endsOf(child, rules, countries.length, scores);
    return child.spanned ? { ...child, low, high } : child;
  });
  const made = rules.arithmetic
    ? { ...root, p: 1, children: children.map((child) => ({ ...child, floored: false })) }
    : { ...root, children };
  return [...branches.slice(0, -1), made];
}

/* ---- draws ------------------------------------------------------------------------------------------------------- */

/** The options with the weights that a question leaves to them: none where it changes a weight of their group. */
function weightsOf({ payload }, question) {
  const given = question.weights ?? {};
  const changed = new Set(payload.branches
    .filter(({ children }) => children.length > 1 && children.some((child) => child.key in given))
    .flatMap(({ children }) => children.map((child) => child.key)));
  return payload.choices.map(({ options }) => options.map(
    ({ weights }) => (Object.keys(weights).some((key) => changed.has(key)) ? {} : weights),
  ));
}

/** The shares of a branch's children under weights that options set. */
function sharesBy(original, branch, weights) {
  const numbers = branch.children.map(({ number }) => {
    const child = original.children[number];
    return weights[child.key] ?? child.weight;
  });
  const total = numbers.reduce((sum, number) => sum + number, 0);
  return numbers.map((number) => number / total);
}

/**
 * Lay out the designs of a question's draws; null of a run whose draws know none.
 * @param {object} prepared of `prepare`
 * @param {Question} question
 * @param {object[]} branches of `weighted`
 * @param {number[]} ranked numbers of the ranked countries
 * @param {boolean} varies whether choices that the question leaves open vary
 * @returns {?object} `levels` by criterion with the level of each design; of each branch the `shares` by level and the
 *   `level` of each design; by child of the root the `slopes` and `shifts` of each design; and `arithmetic` of each
 */
export function designsOf(prepared, question, branches, ranked, varies) {
  const { payload } = prepared;
  if (!payload.choices.length) { return null; }
  const sets = optionsOf(prepared, question, varies);
  const count = sets.reduce((product, options) => product * options.length, 1);
  const weights = weightsOf(prepared, question);
  const setting = weights.flatMap((options, choice) => (options.some((one) => Object.keys(one).length) ? [choice] : []));
  const root = branches.at(-1);
  const made = {
    sets,
    count,
    levels: new Map([...prepared.levels.keys()].map((criterion) => [criterion, new Uint8Array(count)])),
    branches: branches.map(() => ({ shares: [], level: new Uint8Array(count), known: new Map() })),
    slopes: root.children.map(() => new Float32Array(count)),
    shifts: root.children.map(() => new Float32Array(count)),
    arithmetic: new Uint8Array(count),
  };
  const axes = root.children.map((child) => ({ child, ...below(prepared, made, branches, child), known: new Map() }));
  const options = sets.map(([first]) => first);
  for (let design = 0; design < count; design += 1) {
    for (let choice = sets.length - 1, rest = design; choice >= 0; choice -= 1) {
      options[choice] = sets[choice][rest % sets[choice].length];
      rest = Math.floor(rest / sets[choice].length);
    }
    for (const [criterion, law] of prepared.levels) {
      made.levels.get(criterion)[design] = levelOf(law, options, payload);
    }
    const given = Object.assign({}, ...setting.map((choice) => weights[choice][options[choice]]));
    branches.forEach((branch, b) => {
      made.branches[b].level[design] = shareLevel(made.branches[b], payload.branches[b], branch, given);
    });
    putAxes(prepared, made, branches, ranked, rulesOf(prepared, options), design, axes);
  }
  return made;
}

/** The number of the shares of a branch under weights that options set; new ones are added. */
function shareLevel(of, original, branch, given) {
  let key = '';
  for (const { number } of branch.children) { key += ` ${given[original.children[number].key] ?? ''}`; }
  if (!of.known.has(key)) {
    const isSet = branch.children.some(({ number }) => original.children[number].key in given);
    of.known.set(key, of.shares.length);
    of.shares.push(isSet ? sharesBy(original, branch, given) : branch.children.map(({ share }) => share));
  }
  return of.known.get(key);
}

function putAxes(prepared, made, branches, ranked, rules, design, axes) {
  const root = branches.at(-1);
  made.arithmetic[design] = rules.arithmetic ? 1 : 0;
  axes.forEach(({ child, levels, known }, c) => {
    // The ends depend on the levels of the criteria below alone, and on the weights there.
    const key = `${rules.unscaled} ${rules.percents} ${levels.map((level) => level[design])}`;
    if (!known.has(key)) {
      const scores = () => ofDesign(prepared, made, branches, child, ranked, design);
      known.set(key, endsOf(child, rules, ranked.length, scores));
    }
    const [low, high] = known.get(key);
    const floor = child.floored && !rules.arithmetic ? root.floor : 0;
    const slope = (1 - floor) / (high - low);
    made.slopes[c][design] = slope;
    made.shifts[c][design] = floor - low * slope;
  });
}

/** The levels by design of the criteria below a child of the root that have several, and of the weights there. */
function below(prepared, made, branches, child) {
  const sets = new Set(prepared.payload.choices.flatMap(({ options }) => options.flatMap(({ weights }) => Object.keys(weights))));
  const find = (one) => {
    if (one.leaf !== null) { return made.levels.has(one.leaf) ? [made.levels.get(one.leaf)] : []; }
    const isSet = prepared.payload.branches[one.branch].children.some(({ key }) => sets.has(key));
    return [...(isSet ? [made.branches[one.branch].level] : []), ...branches[one.branch].children.flatMap(find)];
  };
  return { levels: find(child) };
}

/** Scores of the ranked countries for a child of the root, at their best estimates in a design. */
function ofDesign(prepared, made, branches, child, ranked, design) {
  const { width, u, levels } = prepared;
  const row = new Float64Array(width);
  const there = branches.map((branch, b) => {
    const shares = made.branches[b].shares[made.branches[b].level[design]];
    return { ...branch, children: branch.children.map((one, c) => ({ ...one, share: shares[c] })) };
  });
  return scoresOf(there, child, ranked, (country) => {
    row.set(u.subarray(country * width, (country + 1) * width));
    for (const [criterion, { columns }] of levels) {
      row[criterion] = columns[made.levels.get(criterion)[design]][country];
    }
    return [row, 0];
  });
}

/**
 * Numbers of designs for the draws, block by block, and what each block looks up. Within a block, designs with an
 * arithmetic root come last, so that one loop computes one mean.
 */
export class DesignDraws {
  /** `quantiles` is the size of a table; `random` is asked for every choice, so that a fixed one moves no other. */
  constructor(designs, quantiles, random) {
    this.designs = designs;
    this.quantiles = quantiles;
    this.random = random;
    this.numbers = new Int32Array(BLOCK);
    this.begins = new Map([...designs.levels].map(([criterion]) => [criterion, new Int32Array(BLOCK)]));
    this.levels = designs.branches.map(({ shares }) => (shares.length > 1 ? new Int32Array(BLOCK) : null));
    this.slopes = designs.slopes.map(() => new Float32Array(BLOCK));
    this.shifts = designs.shifts.map(() => new Float32Array(BLOCK));
    this.geometric = 0;
  }

  /** Draw the designs of a block. */
  block(count) {
    const drawn = new Int32Array(count);
    for (let k = 0; k < count; k += 1) {
      for (const options of this.designs.sets) {
        const share = this.random() / 0x100000000;
        drawn[k] = drawn[k] * options.length + Math.floor(share * options.length);
      }
    }
    return this.given(drawn);
  }

  /** Look up the designs of these numbers. */
  given(drawn) {
    const { arithmetic, levels, branches, slopes, shifts } = this.designs;
    let at = 0;
    for (const late of [0, 1]) {
      for (const number of drawn) {
        if (arithmetic[number] === late) { this.numbers[at] = number; at += 1; }
      }
      if (!late) { this.geometric = at; }
    }
    const take = (out, table, factor = 1) => {
      for (let k = 0; k < drawn.length; k += 1) { out[k] = table[this.numbers[k]] * factor; }
    };
    for (const [criterion, level] of levels) { take(this.begins.get(criterion), level, this.quantiles); }
    this.levels.forEach((out, b) => { if (out) { take(out, branches[b].level); } });
    this.slopes.forEach((out, c) => take(out, slopes[c]));
    this.shifts.forEach((out, c) => take(out, shifts[c]));
    return this;
  }
}
