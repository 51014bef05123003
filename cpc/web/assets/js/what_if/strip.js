/* The strip with the effect on small screens: it leaves the bottom edge for the top where it would cover the control
   that is in use. */

const GAP = 8;
const CONTROL = '.c-w, .c-rule, .c-take, .usa-checkbox, summary';

/** Follow the control in use. Returns a function to call once the text of the strip has changed. */
export function keepInView(strip, form) {
  const settle = () => {
    const control = form.contains(document.activeElement) ? document.activeElement.closest(CONTROL) : null;
    const height = strip.offsetHeight;
    if (!control || !height) {
      strip.classList.remove('is-up');
      return;
    }
    const { top, bottom } = control.getBoundingClientRect();
    const end = window.visualViewport?.height ?? window.innerHeight;
    // A control that would be covered at both edges stays free at the bottom, where the next one is.
    strip.classList.toggle('is-up', bottom > end - height - GAP && top > height + GAP);
  };
  form.addEventListener('focusin', settle);
  form.addEventListener('focusout', settle);
  window.addEventListener('scroll', settle, { passive: true });
  window.addEventListener('resize', settle);
  window.visualViewport?.addEventListener('resize', settle);
  return settle;
}
