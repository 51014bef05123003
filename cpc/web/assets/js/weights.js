/* Shares that follow the points while they are typed. Without this file the page prints those of the server.
   <table data-shares="0.24">: the share of the whole that the rows divide. A row has a text field, [data-here] and
   [data-whole]. <output data-points>: what the points add up to; its sentences come from the server. */

const MOST = 1_000_000;

function points(field) {
  const typed = field.value.trim();
  const value = typed === '' ? NaN : Number(typed);
  return value >= 0 && value <= MOST ? value : NaN;
}

function percent(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)}%` : '–';
}

function sentence(output, total) {
  if (Number.isNaN(total)) { return output.dataset.unclear; }
  if (total === 0) { return output.dataset.zero; }
  if (total === 100) { return output.dataset.even; }
  return output.dataset.other.replace('{}', String(Number(total.toPrecision(12))));
}

function follow(table) {
  const above = Number(table.dataset.shares);
  const rows = Array.from(table.querySelectorAll('tbody tr'));
  const output = document.querySelector('output[data-points]');
  function update() {
    const weights = rows.map((row) => points(row.querySelector('input')));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    rows.forEach((row, index) => {
      const share = weights[index] / total;
      row.querySelector('[data-here]').textContent = percent(share);
      row.querySelector('[data-whole]').textContent = percent(above * share);
    });
    output.textContent = sentence(output, total);
    output.classList.toggle('usa-error-message', Number.isNaN(total) || total === 0);
  }
  table.addEventListener('input', update);
  const button = table.closest('form').querySelector('button[name="switch"]');
  if (button) { button.hidden = true; }
}

document.querySelectorAll('table[data-shares]').forEach(follow);
