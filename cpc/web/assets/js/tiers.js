/* Keys for the form of one tier: only while focus is in it, and letters only if the account has not turned them off.
   Without this script the tiers are radio buttons, and Enter confirms. */

const bench = document.querySelector('[data-tiers]');
const form = bench?.querySelector('form.w-tierform:not([data-undo])');
const undo = bench?.querySelector('form[data-undo]');
const heading = document.getElementById('country');

const takesText = (element) => element.matches('textarea, select, input:not([type=radio])');
const isInForm = (element) => bench.contains(element) || element === heading;
const isBeingSent = () => form?.dataset.once === 'sent';

function choose(key) {
  const radio = form?.querySelector(`input[data-key="${CSS.escape(key)}"]`);
  if (!radio) { return false; }
  radio.checked = true;
  radio.focus();
  showChoice();
  return true;
}

function goTo(url) {
  if (!url) { return false; }
  window.location.assign(url);
  return true;
}

/** The button names the tier that it confirms. */
function showChoice() {
  const button = form?.querySelector('[data-label]');
  const chosen = form?.querySelector('input[type=radio]:checked');
  if (!button || !chosen) { return; }
  button.dataset.rest ??= button.textContent.trim().slice(button.dataset.label.length);
  button.textContent = `${button.dataset.label} ${chosen.value}${button.dataset.rest}`;
}

function toPage() {
  const page = form?.elements.page;
  page?.focus();
  page?.select();
  return Boolean(page);
}

function useKey(event) {
  const focused = document.activeElement;
  if (!isInForm(focused) || event.ctrlKey || event.altKey || event.metaKey || isBeingSent()) { return; }
  if (!('letterKeys' in bench.dataset) || takesText(focused)) { return; }
  const key = event.key.toLowerCase();
  const isDone = {
    j: () => goTo(bench.dataset.next),
    k: () => goTo(bench.dataset.previous),
    p: toPage,
    u: () => { undo?.requestSubmit(); return Boolean(undo); },
  }[key]?.() ?? choose(key);
  if (isDone) { event.preventDefault(); }
}

if (bench) {
  document.addEventListener('keydown', useKey);
  form?.addEventListener('change', showChoice);
  showChoice();
}
