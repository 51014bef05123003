/* Steps of the browser's history: Back undoes one committed change. While a movement lasts, only its own step changes. */

const WAIT = 400; // ms; browsers limit how often an address is replaced

/**
 * Follow the questions that the page shows. `restore(question)` is called when the reader goes back or forward.
 * @returns {{show: (question: object, address: string) => void, commit: () => void}} `show` the question of a movement;
 *   `commit` ends the movement, so that the next one is a step of its own
 */
export function steps(first, restore) {
  const keyOf = (question) => JSON.stringify(question);
  let shown = keyOf(first); // the question of the step that the browser is on
  let isOpen = false; // whether that step belongs to a movement that still lasts
  let wait = 0;
  let waiting = null;

  const write = () => {
    clearTimeout(wait);
    if (!waiting) { return; }
    const { question, address } = waiting;
    waiting = null;
    shown = keyOf(question);
    if (isOpen) {
      history.replaceState({ question }, '', address);
    } else {
      history.pushState({ question }, '', address);
      isOpen = true;
    }
  };

  history.replaceState({ question: first }, '');
  window.addEventListener('popstate', ({ state }) => {
    if (!state?.question) { return; } // a jump to a part of the page
    clearTimeout(wait);
    waiting = null;
    isOpen = false;
    shown = keyOf(state.question);
    restore(state.question);
  });
  return {
    show(question, address) {
      clearTimeout(wait);
      waiting = keyOf(question) === shown ? null : { question, address };
      wait = setTimeout(write, WAIT);
    },
    commit() {
      write();
      isOpen = false;
    },
  };
}
