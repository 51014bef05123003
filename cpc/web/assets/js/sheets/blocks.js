/* Blocks that spreadsheet programs put on the clipboard. */

/** Cells of a block of a spreadsheet, with quoted cells that hold line ends. */
export function cellsOfBlock(text) {
  const lines = [[]];
  let cell = '';
  let isQuoted = false;
  const source = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  for (let index = 0; index < source.length; index += 1) {
    const letter = source[index];
    if (isQuoted) {
      if (letter === '"' && source[index + 1] === '"') { cell += '"'; index += 1; }
      else if (letter === '"') { isQuoted = false; }
      else { cell += letter; }
    } else if (letter === '"' && cell === '') { isQuoted = true; }
    else if (letter === '\t') { lines.at(-1).push(cell.trim()); cell = ''; }
    else if (letter === '\n') { lines.at(-1).push(cell.trim()); cell = ''; lines.push([]); }
    else { cell += letter; }
  }
  lines.at(-1).push(cell.trim());
  return lines;
}
