// Uses the page in Firefox as `trilane serve` hands it out: the token is changed for a cookie, the page is
// isolated, and the Measure place has real runs.
//
//   node served_firefox.js URL PICTURES
'use strict';

const { tellsTrouble, withFirefox } = require('./bidi.js');
const { expect } = require('./steps.js');

const [url, pictures] = process.argv.slice(2);

// The element once it is there, clicked.
const click = (selector) => {
  const element = document.querySelector(selector);
  element?.click();
  return Boolean(element);
};

tellsTrouble(withFirefox(url, pictures, async ({ ask, until, picture }) => {
  await until('the page', () => globalThis.trilane?.ready?.then(() => true));
  expect(!await ask(() => location.href.includes('token')), 'the token stays in the address');
  expect(await ask(() => globalThis.crossOriginIsolated), 'the page is not isolated');
  await until('the link to Measure', click, '[data-go="measure"]');
  await until('the interpreters', () => document.querySelector('[data-measure="rust"]') !== null);
  expect(await ask(() => document.title.startsWith('Measure')), 'the tab has another title');
  // Rust alone, one plan, once.
  await ask(() => {
    for (const box of document.querySelectorAll('[data-measure]')) {
      if (box.checked !== ['rust', 'asyncio'].includes(box.dataset.measure)) box.click();
    }
    const times = document.querySelector('.times-of input');
    times.value = '1';
    times.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await until('the button', click, '[data-do="run"]:enabled');
  const row = await until('the measured run', () => {
    const failed = document.querySelector('[data-field="failed"]');
    if (failed) return { failed: failed.innerText };
    const measured = document.querySelector('[data-place="measure"][data-state="ready"] [data-file][data-plan="asyncio"]');
    return measured && { makespan: Number(measured.dataset.makespanNs), error: measured.dataset.error };
  });
  expect(row.makespan > 0 && row.error, `it gave ${JSON.stringify(row)}`);
  // A run that is cancelled says so.
  await until('the button again', click, '[data-do="run"]:enabled');
  await until('the way to cancel', click, '[data-do="cancel"]');
  await until('the word of it', () => document.querySelector('[data-field="failed"]')?.innerText.includes('cancelled'));
  await picture('firefox-measure.png');
}));
