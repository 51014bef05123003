/* Starts Swagger UI on the schema that the page names. Requests carry the session of this browser.
   Parts that have no use here are left out: the title, which the page has, and the box for other credentials. */

const container = document.getElementById('console');
const without = () => () => null;

window.SwaggerUIBundle({
  url: container.dataset.schema,
  domNode: container,
  presets: [window.SwaggerUIBundle.presets.apis],
  plugins: [() => ({
    wrapComponents: { InfoContainer: without, authorizeBtn: without, AuthorizeBtnContainer: without, ExamplesSelect: without },
  })],
  layout: 'BaseLayout',
  docExpansion: 'none', // two hundred operations: a subject is opened, and only what is in view is drawn
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  validatorUrl: null,
});

// Swagger UI gives the lists of values no name.
new MutationObserver(() => {
  for (const list of container.querySelectorAll('[data-param-name] select:not([aria-label])')) {
    list.setAttribute('aria-label', list.closest('[data-param-name]').dataset.paramName);
  }
}).observe(container, { childList: true, subtree: true });
