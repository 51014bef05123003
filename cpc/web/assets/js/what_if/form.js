/* The form of the page What if: its numbers as a question, shares and marks beside them, and siblings that give way. */

import { rounded, say, shareText, sumText, written } from './text.js';

const MOST = 100;
const EQUAL = 1e-9;

let hints = { number: '', years: '' };

/** Take over the messages at fields that are out of range. */
export function useHints(messages) {
  hints = messages;
}

const byId = (id) => document.getElementById(id);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Lay out the groups of the payload: those with several children have a field for each. */
export function formOf(payload) {
  const groups = payload.branches
    .filter((branch) => branch.children.length > 1)
    .map((branch) => ({
      key: branch.key,
      fields: branch.children.map((child) => ({
        key: child.key,
        percent: 100 * child.weight,
        input: byId(`w-${child.key}`),
        range: document.querySelector(`[data-for="w-${child.key}"]`),
      })),
    }));
  const rules = payload.evidence.map((rule) => ({
    key: rule.key, within: rule.within, years: byId(`rule-${rule.key}`), off: byId(`off-${rule.key}`),
  }));
  const choices = payload.choices
    .map(({ key, options }) => ({ key, options: options.map((option) => option.key), select: byId(`take-${key}`) }))
    .filter(({ select }) => select); // choices that set weights are asked as weights
  const overdue = payload.overdue.map((key) => ({ key, box: byId(`hold-${key}`) }));
  const made = { groups, rules, choices, overdue, root: payload.branches.at(-1).key };
  made.shares = sharesOf(made, ({ percent }) => percent);
  return made;
}

/** The share of the whole of every weight by key, 0 to 1; `number` gives the number of a field. */
function sharesOf({ groups }, number) {
  const shares = new Map();
  for (const { key, fields } of [...groups].reverse()) { // the root comes last in the payload
    const numbers = fields.map(number);
    const total = sum(numbers);
    fields.forEach((field, i) => shares.set(field.key, total ? ((shares.get(key) ?? 1) * numbers[i]) / total : 0));
  }
  return shares;
}

/** What is wrong with the number of a field of a weight: "" where it may be asked, as the server decides. */
export function weightFault({ value, badInput, was }) {
  if (badInput) { return hints.number; }
  if (!value || value === was) { return ''; }
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 && number <= MOST ? '' : hints.number;
}

/** The same of a limit in years. */
export function yearsFault({ value, badInput, min, max }) {
  if (!badInput && !value) { return ''; }
  const years = /^\d{1,3}$/.test(value) ? Number(value) : NaN;
  return years >= min && years <= max ? '' : hints.years;
}

const entered = (input) => ({
  value: input.value, badInput: input.validity.badInput, was: input.dataset.was, min: Number(input.min), max: Number(input.max),
});

/** Show the message of each number that is out of range at its field, and return how many there are. */
export function showFaults({ groups, rules }) {
  const inputs = [
    ...groups.flatMap(({ fields }) => fields.map(({ input }) => [input, weightFault(entered(input))])),
    ...rules.filter(({ years }) => years).map(({ years }) => [years, yearsFault(entered(years))]),
  ];
  for (const [input, fault] of inputs) {
    const message = byId(`e-${input.id}`);
    message.textContent = fault;
    message.hidden = !fault;
    if (fault) { input.setAttribute('aria-invalid', 'true'); } else { input.removeAttribute('aria-invalid'); }
    const others = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== message.id);
    input.setAttribute('aria-describedby', [...(fault ? [message.id] : []), ...others].join(' '));
  }
  return inputs.filter(([, fault]) => fault).length;
}

/** Fill the form with a question, as the page of its address has it. */
export function fillIn({ groups, rules, choices, overdue }, question) {
  for (const { fields } of groups) {
    for (const { key, input, range } of fields) {
      input.value = key in question.weights ? written(question.weights[key]) : input.dataset.was;
      range.value = input.value;
    }
  }
  document.querySelectorAll('[name="pool"]').forEach((box) => { box.checked = question.let_in.includes(box.value); });
  for (const { key, years, off } of rules) {
    const asked = question.evidence[key];
    off.checked = asked === 'off';
    if (years) { years.value = Number.isInteger(asked) ? asked : years.dataset.was; }
  }
  for (const { key, options, select } of choices) { select.value = question.options?.[key] ?? options[0]; }
  for (const { key, box } of overdue) { box.checked = Boolean(question.held?.includes(key)); }
}

/** The number of a field: the model's own where it is empty, out of range, or as the server wrote that one. */
function numberOf({ input, percent }) {
  if (!input.value || input.value === input.dataset.was || weightFault(entered(input))) { return percent; }
  return rounded(Number(input.value), 4);
}

/** Read the question: only what differs from the run, as selection/what_if/question.py reads it. */
export function questionOf({ groups, rules, choices, overdue }) {
  const question = { weights: {}, let_in: [], evidence: {}, options: {}, held: [] };
  for (const { fields } of groups) {
    const numbers = fields.map(numberOf);
    const total = sum(numbers);
    if (total && fields.every(({ percent }, i) => Math.abs((100 * numbers[i]) / total - percent) <= EQUAL)) { continue; }
    fields.forEach(({ key, percent }, i) => { if (numbers[i] !== percent) { question.weights[key] = numbers[i]; } });
  }
  question.let_in = [...document.querySelectorAll('[name="pool"]:checked')].map((box) => box.value).sort();
  for (const { key, within, years, off } of rules) {
    if (off.checked) {
      question.evidence[key] = 'off';
    } else if (years?.value && !yearsFault(entered(years)) && Number(years.value) !== within) {
      question.evidence[key] = Number(years.value);
    }
  }
  for (const { key, options, select } of choices) {
    if (select.value !== options[0]) { question.options[key] = select.value; }
  }
  question.held = overdue.filter(({ box }) => box.checked).map(({ key }) => key).sort();
  return question;
}

/** The question as names and values of an address. */
export function pairsOf(question) {
  const sorted = (object) => Object.keys(object).sort().map((key) => [key, object[key]]);
  const evidence = sorted(question.evidence);
  return [
    ...sorted(question.weights).map(([key, number]) => [`w-${key}`, written(number)]),
    ...question.let_in.map((reason) => ['pool', reason]),
    ...evidence.filter(([, years]) => years !== 'off').map(([key, years]) => [`rule-${key}`, String(years)]),
    ...evidence.filter(([, years]) => years === 'off').map(([key]) => ['off', key]),
    ...sorted(question.options ?? {}).map(([key, option]) => [`take-${key}`, option]),
    ...(question.held ?? []).map((key) => ['hold', key]),
  ];
}

/** Whether a question is that of the run itself. */
export function isOfficial(question) {
  return !pairsOf(question).length;
}

/** Write shares, marks and sums beside the numbers. */
export function markUp({ groups, rules, choices, root, shares: ofRun }) {
  const shares = sharesOf({ groups }, numberOf);
  for (const { key, fields } of groups) {
    const numbers = fields.map(numberOf);
    const total = sum(numbers);
    fields.forEach((field) => {
      const [share, before] = [shares, ofRun].map((of) => shareText(of.get(field.key)));
      const changed = field.input.value !== field.input.dataset.was;
      const row = field.input.closest('.c-w');
      row.classList.toggle('is-changed', changed);
      row.querySelector('p > span').textContent = say('share', { share });
      row.querySelector('p > b').hidden = share === before;
    });
    const note = byId(`sum-${key}`);
    note.textContent = total || key !== root ? sumText(numbers) : ''; // of the root the page says it above the list
    note.hidden = !note.textContent;
  }
  for (const { within, years, off } of rules) {
    off.closest('.c-rule').classList.toggle('is-changed', off.checked || Boolean(years && Number(years.value) !== within));
  }
  for (const { options, select } of choices) {
    select.closest('.c-take').classList.toggle('is-changed', select.value !== options[0]);
  }
}

/** Take a movement of one weight over into its twin, and let its siblings give way where each group keeps its 100. */
export function giveWay({ groups }, target) {
  const group = groups.find(({ fields }) => fields.some(({ input, range }) => input === target || range === target));
  if (!group) { return; }
  const field = group.fields.find(({ input, range }) => input === target || range === target);
  const number = Math.min(MOST, Math.max(0, Number(target.value) || 0));
  if (target === field.range) { field.input.value = target.value; } else { field.range.value = number; }
  if (!byId('keep').checked || !field.input.value || weightFault(entered(field.input))) { return; }
  const others = group.fields.filter((other) => other !== field);
  const before = others.map(numberOf);
  const total = sum(before);
  // Once all of them are 0, they come back in the proportions that they had.
  if (total) { others.forEach((other, i) => { other.proportion = before[i] / total; }); }
  const whole = sum(others.map((other) => other.proportion ?? 1));
  const shares = others.map((other) => (other.proportion ?? 1) / whole);
  let left = Math.round(10 * (MOST - number));
  others.forEach((other, i) => {
    // In tenths; the last one takes what rounding leaves.
    const tenths = i === others.length - 1 ? left : Math.min(left, Math.round(10 * (MOST - number) * shares[i]));
    left -= tenths;
    other.input.value = written(tenths / 10, 1);
    other.range.value = tenths / 10;
  });
}
