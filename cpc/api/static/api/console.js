/* Starts Swagger UI on the schema that the page names. Requests carry the session of this browser. */
(function () {
  'use strict';
  var place = document.getElementById('console');
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    displayRequestDuration: true,
    validatorUrl: null
  });
})();
