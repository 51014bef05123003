/* A page for tests of scripts: the globals of a browser, from happy-dom's window. */

import { Window } from 'happy-dom';

const GLOBALS = ['document', 'location', 'history', 'navigator', 'FormData', 'Event', 'MutationObserver', 'performance'];
let imported = 0;

/**
 * Open a page with this body. `phone.matches` is what the script reads as the width of a phone; `phone.change()` tells
 * it that the width changed.
 */
export function openPage(body, { address = 'https://cpc.example/', isPhone = false } = {}) {
  const window = new Window({ url: address });
  const heard = [];
  const phone = {
    matches: isPhone,
    addEventListener: (_, listener) => heard.push(listener),
    change: () => heard.forEach((listener) => listener()),
  };
  window.matchMedia = () => phone;
  window.document.body.innerHTML = body;
  globalThis.window = window;
  for (const name of GLOBALS) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
  }
  return { window, document: window.document, phone };
}

/** Run a script of the pages anew, with the globals of the page that was opened last. */
export function runScript(path) {
  imported += 1;
  return import(`../../cpc/web/assets/js/${path}?${imported}`);
}

/** Dispatch an event that bubbles, and return it. */
export function send(target, name, values = {}) {
  const event = new window.Event(name, { bubbles: true, cancelable: true });
  for (const [key, value] of Object.entries(values)) { Object.defineProperty(event, key, { value }); }
  target.dispatchEvent(event);
  return event;
}

/** Let the timers of the script run that wait for no more than these ms. */
export function after(wait = 0) {
  return new Promise((resolve) => { setTimeout(resolve, wait); });
}
