/* Passkeys: the browser asks for one, and its answer is sent with the form as JSON. Without this script such a form stays
   hidden. The conversion between JSON and bytes is allauth's (mfa/js/webauthn-json.js, loaded before this file).

   <form data-passkey="create|get" data-options="id of a JSON script, or the address of one"> with a hidden field
   "credential", and [data-passkey-error] for what went wrong. [data-passkey-only] is shown where passkeys work. */

const webauthn = globalThis.webauthnJSON;

const MESSAGES = {
  InvalidStateError: 'This device or security key already has a passkey of this account.',
  NotAllowedError: 'The browser’s question was closed, or took too long. Nothing was sent; try again.',
  SecurityError: 'Passkeys don’t work at this address. Open the site by its own name, as in “localhost”.',
};

async function optionsOf(form) {
  const { options } = form.dataset;
  if (!options.startsWith('/')) { return JSON.parse(document.getElementById(options).textContent); }
  const answer = await fetch(options, { headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' } });
  if (!answer.ok) { throw new Error(`HTTP ${answer.status}`); }
  return (await answer.json()).request_options;
}

function show(form, text) {
  const alert = form.querySelector('[data-passkey-error]');
  alert.hidden = !text;
  alert.querySelector('.usa-alert__text').textContent = text;
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const name = form.querySelector('[name=name]');
  if (name && !name.value.trim()) { // the server refuses it, before the browser asks for anything
    HTMLFormElement.prototype.submit.call(form);
    return;
  }
  const button = form.querySelector('[type=submit]');
  button.disabled = true;
  show(form, '');
  try {
    const options = await optionsOf(form);
    const credential = await (form.dataset.passkey === 'create' ? webauthn.create(options) : webauthn.get(options));
    form.querySelector('[name=credential]').value = JSON.stringify(credential);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    show(form, MESSAGES[error.name] ?? 'The passkey could not be used. Reload the page and try again.');
    button.disabled = false;
  }
}

if (webauthn?.supported()) {
  document.querySelectorAll('[data-passkey-only]').forEach((element) => { element.hidden = false; });
  document.querySelectorAll('[data-passkey-not]').forEach((element) => { element.hidden = true; });
  document.querySelectorAll('form[data-passkey]').forEach((form) => { form.addEventListener('submit', send); });
}
