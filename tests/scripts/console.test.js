import assert from 'node:assert/strict';
import { test } from 'node:test';

import { after, openPage } from './browser.js';

test('Swagger UI reads the schema that the page names, without title and credentials', async () => {
  const { window, document } = openPage('<div id="console" data-schema="/api/schema/"></div>');
  const started = [];
  window.SwaggerUIBundle = (options) => started.push(options);
  window.SwaggerUIBundle.presets = { apis: 'apis' };
  await import('../../cpc/api/static/api/console.js');
  const [{ plugins: [plugin], ...options }] = started;
  assert.deepEqual(options, {
    url: '/api/schema/', domNode: document.getElementById('console'), presets: ['apis'], layout: 'BaseLayout',
    docExpansion: 'none', defaultModelsExpandDepth: -1, displayRequestDuration: true, validatorUrl: null,
  });
  const { wrapComponents } = plugin();
  assert.deepEqual(Object.keys(wrapComponents), ['InfoContainer', 'authorizeBtn', 'AuthorizeBtnContainer', 'ExamplesSelect']);
  for (const wrap of Object.values(wrapComponents)) { assert.equal(wrap()(), null); }

  document.getElementById('console').innerHTML = '<div data-param-name="tier"><select></select></div>';
  await after();
  assert.equal(document.querySelector('select').getAttribute('aria-label'), 'tier');
});
