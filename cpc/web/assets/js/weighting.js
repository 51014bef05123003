/* Weights that follow ranks and points while they are typed. Without this file the page prints those of the server.
   <table data-swings>: a row has a field for the rank, one for the points, and [data-weight]. [data-consistency] after
   the table tells whether ranks and points agree; its sentences come from the server. */

const MOST = 100;

function number(field) {
  const typed = field.value.trim();
  const value = typed === '' ? NaN : Number(typed);
  return value >= 0 && value <= MOST ? value : NaN;
}

/** A share as the server prints it: no decimals, but one below 10%. */
function percent(share) {
  if (!Number.isFinite(share)) { return '–'; }
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
}

function disagreement(rows) {
  for (const one of rows) {
    for (const other of rows) {
      if (one.rank < other.rank && one.points < other.points) { return [one.label, other.label]; }
    }
  }
  return null;
}

function sentence(output, rows) {
  if (rows.some((row) => Number.isNaN(row.points))) { return ''; }
  if (Math.max(...rows.map((row) => row.points)) !== MOST) { return output.dataset.top; }
  const found = disagreement(rows);
  if (found) { return found.reduce((text, label) => text.replace('{}', label), output.dataset.order); }
  return rows.some((row) => Number.isNaN(row.rank)) ? '' : output.dataset.agree;
}

function follow(table) {
  const lines = Array.from(table.querySelectorAll('tbody tr'));
  const output = table.closest('section').querySelector('[data-consistency]');
  function update() {
    const rows = lines.map((line) => {
      const [rank, points] = line.querySelectorAll('input');
      return { label: line.dataset.part, rank: number(rank), points: number(points) };
    });
    const total = rows.reduce((sum, row) => sum + row.points, 0);
    lines.forEach((line, index) => {
      const share = rows[index].points / total;
      line.querySelector('[data-weight]').textContent = percent(share);
    });
    output.textContent = sentence(output, rows);
  }
  table.addEventListener('input', update);
  update();
  const button = table.closest('form').querySelector('button[name="switch"]');
  if (button) { button.hidden = true; }
}

document.querySelectorAll('table[data-swings]').forEach(follow);
