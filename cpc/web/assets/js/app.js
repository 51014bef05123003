/* Enhancement only: every page works without this file. No inline handlers, no eval, nothing from other sites. */
(function () {
  'use strict';

  /* Filter the rows that are on the page while typing, and say how many are left.
     <form data-filter="#table" data-count="id of output" data-none="id of the empty state">; a row carries
     data-text for the field q and data-NAME for each other field. */
  function liveFilter(form) {
    var rows = Array.from(document.querySelectorAll(form.dataset.filter + ' [data-text]'));
    var output = document.getElementById(form.dataset.count);
    var none = document.getElementById(form.dataset.none);
    var submit = form.querySelector('[type=submit]');
    if (submit) { submit.hidden = true; }
    function plain(text) { return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase(); }
    function run() {
      var wanted = Array.from(new FormData(form)).filter(function (entry) { return entry[1]; });
      var left = 0;
      rows.forEach(function (row) {
        var fits = wanted.every(function (entry) {
          return entry[0] === 'q'
            ? plain(row.dataset.text).includes(plain(entry[1]))
            : !(entry[0] in row.dataset) || row.dataset[entry[0]].split('|').includes(entry[1]);
        });
        row.hidden = !fits;
        left += fits ? 1 : 0;
      });
      if (output) {
        output.textContent = (left === rows.length ? left : left + ' of ' + rows.length) + ' ' + output.dataset.noun;
      }
      if (none) { none.hidden = left > 0; }
    }
    form.addEventListener('input', run);
    form.addEventListener('submit', function (event) { event.preventDefault(); run(); });
    form.addEventListener('reset', function () { setTimeout(run); });
    run();
  }

  /* A menu of <details data-menu> closes on Escape and on a click elsewhere. */
  function menus(event) {
    document.querySelectorAll('details[data-menu][open]').forEach(function (menu) {
      var escape = event.key === 'Escape';
      if (!escape && (event.type !== 'click' || menu.contains(event.target))) { return; }
      menu.open = false;
      if (escape) { menu.querySelector('summary').focus(); }
    });
  }

  /* <button data-open="id"> opens <dialog id>, [data-close] inside closes it. Shown only where this script runs. */
  function dialogs(event) {
    var opener = event.target.closest('[data-open]');
    var closer = event.target.closest('[data-close]');
    if (opener) { document.getElementById(opener.dataset.open).showModal(); }
    if (closer) { closer.closest('dialog').close(); }
    if (event.target.closest('[data-print]')) { window.print(); }
  }

  /* <details data-fold> is open by default. On a phone it is closed at first, unless the address leads to what is in it. */
  var phone = window.matchMedia('(max-width: 39.99em)');
  function folds() {
    document.querySelectorAll('details[data-fold]').forEach(function (fold) { fold.open = !phone.matches; });
    unfold();
  }
  function unfold() {
    var target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (!target) { return; }
    target.querySelectorAll('details[data-fold]').forEach(function (fold) { fold.open = true; });
    for (var fold = target.closest('details:not([open])'); fold; fold = fold.parentElement.closest('details:not([open])')) {
      fold.open = true;
      target.scrollIntoView();
    }
  }

  /* A form with data-once is sent once: a second press of the button does nothing. */
  function once(event) {
    var form = event.target;
    if (!('once' in form.dataset)) { return; }
    if (form.dataset.once === 'sent') { event.preventDefault(); }
    form.dataset.once = 'sent';
  }

  /* A fragment that could not be fetched says so, with the number of the request. */
  function trouble(event) {
    var request = event.detail.xhr;
    var number = request && request.getResponseHeader('X-Request-ID');
    var box = document.getElementById('trouble') || document.createElement('div');
    box.id = 'trouble';
    box.className = 'usa-alert usa-alert--error usa-alert--slim c-trouble';
    box.setAttribute('role', 'alert');
    var body = document.createElement('div');
    var text = document.createElement('p');
    body.className = 'usa-alert__body';
    text.className = 'usa-alert__text';
    text.textContent = 'Something went wrong. Nothing was saved. Reload the page.'
      + (number ? ' Request number: ' + number : '');
    body.append(text);
    box.replaceChildren(body);
    document.body.append(box);
  }

  function enhance(root) {
    root.querySelectorAll('form[data-filter]').forEach(liveFilter);
    root.querySelectorAll('[data-needs-script]').forEach(function (part) { part.hidden = false; });
  }

  enhance(document);
  folds();
  phone.addEventListener('change', folds);
  window.addEventListener('hashchange', unfold);
  var refused = document.querySelector('[data-focus]');
  if (refused) { refused.focus(); }
  document.addEventListener('click', menus);
  document.addEventListener('keydown', menus);
  document.addEventListener('click', dialogs);
  document.addEventListener('submit', once);
  window.addEventListener('pageshow', function (event) {
    if (!event.persisted) { return; }
    document.querySelectorAll('form[data-once]').forEach(function (form) { form.dataset.once = ''; });
  });
  document.addEventListener('htmx:responseError', trouble);
  document.addEventListener('htmx:sendError', trouble);
  document.addEventListener('htmx:load', function (event) {
    if (event.target !== document.body) { enhance(event.target); }
  });
}());
