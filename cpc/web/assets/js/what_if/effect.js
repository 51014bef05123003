/* What a question changes, in numbers: the same as selection/what_if/effect.py. */

const FAR = 5;
const NAMED_MOVES = 3;

/**
 * Compare two lists of ranks, maps from code to rank.
 * @returns who `enters` and `leaves` the first N as [{code, before, after}], and counts of who moves
 */
export function effect(before, after, first) {
  const codes = [...new Set([...before.keys(), ...after.keys()])].sort();
  const moves = codes.map((code) => ({ code, before: before.get(code) ?? null, after: after.get(code) ?? null }));
  const both = moves.filter(isRankedTwice);
  const far = both.filter((move) => distance(move) >= FAR);
  const within = (rank) => rank !== null && rank <= first;
  return {
    first,
    ranked: after.size,
    within: [...after.values()].filter(within).length,
    enters: moves.filter((m) => within(m.after) && !within(m.before)).sort((a, b) => a.after - b.after),
    leaves: moves.filter((m) => within(m.before) && !within(m.after)).sort((a, b) => a.before - b.before),
    far: far.length,
    nearest: Math.min(...far.map((move) => Math.min(move.before, move.after))),
    moved: both.filter(distance).length,
    gained: moves.filter((move) => move.before === null).length,
    lost: moves.filter((move) => move.after === null).length,
    farthest: farthest(both),
  };
}

/** Whether a country has a rank in both lists. */
export function isRankedTwice(move) {
  return move.before !== null && move.after !== null;
}

function distance(move) {
  return Math.abs(move.before - move.after);
}

/** The farthest movements between two ranks: those far, or else the farthest alone. */
function farthest(both) {
  const moved = both.filter(distance);
  moved.sort((a, b) => distance(b) - distance(a) || a.after - b.after); // codes are sorted already
  const named = moved.slice(0, NAMED_MOVES).filter((move) => distance(move) >= FAR).length;
  return moved.slice(0, Math.max(named, 1));
}
