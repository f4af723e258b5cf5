// Opens the page from `trilane serve`, by the address it prints, and holds it to the server's headers: it is
// isolated, nothing of it is against the content security policy, and its code reaches the interface.
//
//   node served.js URL
'use strict';

const { PATIENCE_MS, withBrowser } = require('./browser.js');
const { expect, runs } = require('./steps.js');

const [url] = process.argv.slice(2);

async function visit(browser) {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  expect(!page.url().includes('token'), `the token stays in the address: ${page.url()}`);
  await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
  expect(await page.evaluate(() => crossOriginIsolated), 'the page is not isolated');
  const kind = await page.evaluate(async (id) => {
    const trace = await (await fetch(`/api/v1/jobs/${id}/trace/0`)).arrayBuffer();
    return new TextDecoder().decode(trace.slice(0, 4));
  }, await runs(page));
  expect(kind === 'TRLN', `the run's trace is: ${kind}`);
  expect(!complaints.length, `the page complained:\n${complaints.join('\n')}`);
  // Later, as what DevTools evaluates is excused from the policy while it does.
  const evaluated = await page.evaluate(() => new Promise((resolve) => {
    setTimeout(() => {
      try { resolve(new Function('return "it runs"')()); } catch { resolve('refused'); }
    });
  }));
  expect(evaluated === 'refused', 'text becomes code');
  const stranger = await (await browser.newContext()).newPage();
  const answer = await stranger.goto(new URL(url).origin);
  expect(answer.status() === 403, `without the token: ${answer.status()}`);
}

withBrowser(visit).catch((error) => { console.error(error); process.exit(1); });
