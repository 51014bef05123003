/* The binary file of the laws of uncertain cells, as selection/what_if/laws.py writes it. */

const QUANTILES = 256;

/** The quantiles of a cell that is 0.2 in half of the draws and 1 in the others. */
export const TWO_LEVELS = Array.from({ length: QUANTILES }, (_, q) => (q < 128 ? 13107 : 65535));

/** Each cell is a country, a criterion, and its quantiles in 65,535ths; `held` are those without a change of label. */
export function tablesOf(cells, held = []) {
  const all = [...cells, ...held];
  const buffer = new ArrayBuffer(24 + 6 * all.length + 2 * QUANTILES * all.length);
  const view = new DataView(buffer);
  view.setUint32(0, 0x43504332); // CPC2
  [QUANTILES, all.length, cells.length, held.length, all.length].forEach((number, i) => view.setUint32(4 + 4 * i, number, true));
  const references = 24 + 4 * all.length;
  const low = references + 2 * all.length;
  all.forEach(([country, criterion, quantiles], i) => {
    view.setUint16(24 + 4 * i, country, true);
    view.setUint16(26 + 4 * i, criterion, true);
    view.setUint16(references + 2 * i, i, true);
    quantiles.forEach((level, q) => {
      const step = level - (q ? quantiles[q - 1] : 0);
      view.setUint8(low + QUANTILES * i + q, step % 256);
      view.setUint8(low + QUANTILES * (all.length + i) + q, Math.floor(step / 256));
    });
  });
  return buffer;
}
