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
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  validatorUrl: null,
});
