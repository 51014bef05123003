/* Signing: shows the fields that a choice needs, counts the lines, and names on the button what it does. Enhancement only. */

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const spelled = (count) => WORDS[count] ?? String(count);

/** The chosen value of one line or form, or "". */
const chosen = (part) => part.querySelector('input[type=radio]:checked')?.value ?? '';

function showNeeded(part) {
  const choice = chosen(part);
  part.querySelectorAll('[data-needs]').forEach((field) => {
    field.hidden = !field.dataset.needs.split(' ').includes(choice);
  });
}

function labelOne(form, button) {
  const { country, verb } = form.dataset;
  const labels = {
    approved: `Approve: ${verb} ${country}`,
    conditioned: `Approve ${country} with a condition`,
    disapproved: `Disapprove for ${country}`,
    discuss: 'Send back with your question',
  };
  button.textContent = labels[chosen(form)] ?? 'Record the decision';
}

function countAll(form, button, output) {
  const choices = Array.from(form.querySelectorAll('[data-line]'), chosen);
  const count = (...values) => choices.filter((choice) => values.includes(choice)).length;
  const approved = count('approved', 'conditioned');
  const disapproved = count('disapproved');
  const discussed = count('discuss');
  const open = choices.length - approved - disapproved - discussed;
  const signed = approved + disapproved;
  const parts = [[approved, 'approved'], [disapproved, 'disapproved'], [discussed, 'to discuss'], [open, 'left open']];
  output.querySelector('b').textContent = `${parts.filter(([n]) => n).map(([n, word]) => `${n} ${word}`).join(', ')}.`;
  if (signed) {
    button.textContent = `Sign ${spelled(signed)} ${signed === 1 ? 'decision' : 'decisions'}`;
  } else {
    button.textContent = discussed ? 'Send back with your questions' : 'Sign the decisions';
  }
}

function start(form) {
  const button = form.querySelector('[data-signing-button]');
  const output = form.querySelector('[data-signing-count]');
  const parts = form.dataset.signing === 'one' ? [form] : Array.from(form.querySelectorAll('[data-line]'));
  const refresh = () => {
    parts.forEach((part) => {
      showNeeded(part);
      const clear = part.querySelector('[data-clear]');
      if (clear) { clear.hidden = !chosen(part); }
    });
    if (!button) { return; }
    if (output) { countAll(form, button, output); } else { labelOne(form, button); }
  };
  form.addEventListener('change', refresh);
  form.addEventListener('click', ({ target }) => {
    const line = target.closest('[data-clear]')?.closest('[data-line]');
    if (!line) { return; }
    line.querySelectorAll('input[type=radio]').forEach((radio) => { radio.checked = false; });
    line.querySelectorAll('select, textarea').forEach((field) => { field.value = ''; });
    refresh();
    line.querySelector('input[type=radio]').focus();
  });
  refresh();
}

document.querySelectorAll('[data-signing]').forEach(start);
