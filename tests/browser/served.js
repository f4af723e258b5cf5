// Opens the page from `trilane serve`, by the address it prints, and holds it to the server's headers: it is
// isolated, nothing of it is against the content security policy, and its code reaches the interface.
//
//   node served.js URL
'use strict';

const { PATIENCE_MS, withBrowser } = require('./browser.js');

const [url] = process.argv.slice(2);

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// Puts a small run into the queue and listens to its end, as the page would.
async function measured() {
  const order = {
    scenario: 'trilane = 1\ntitle = "t"\n[tasks.a]\ncount = 2\nsteps = [ { cpu = "1ms" } ]\n',
    plans: ['sync'], interpreters: ['rust'], repeat: 1,
  };
  const answer = await fetch('/api/v1/measure', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(order),
  });
  if (answer.status !== 202) return `${answer.status} ${await answer.text()}`;
  const { events, id } = await answer.json();
  const source = new EventSource(events);
  const end = await new Promise((resolve) => {
    for (const name of ['done', 'failed', 'cancelled']) {
      source.addEventListener(name, (event) => resolve([name, event.data]));
    }
  });
  source.close();
  const trace = await (await fetch(`/api/v1/jobs/${id}/trace/0`)).arrayBuffer();
  return `${end[0]} ${new TextDecoder().decode(trace.slice(0, 4))} ${end[0] === 'done' ? '' : end[1]}`.trim();
}

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
  check(!page.url().includes('token'), `the token stays in the address: ${page.url()}`);
  await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
  check(await page.evaluate(() => crossOriginIsolated), 'the page is not isolated');
  const run = await page.evaluate(measured);
  check(run === 'done TRLN', `the run gave: ${run}`);
  check(!complaints.length, `the page complained:\n${complaints.join('\n')}`);
  // Later, as what DevTools evaluates is excused from the policy while it does.
  const evaluated = await page.evaluate(() => new Promise((resolve) => {
    setTimeout(() => {
      try { resolve(new Function('return "it runs"')()); } catch { resolve('refused'); }
    });
  }));
  check(evaluated === 'refused', 'text becomes code');
  const stranger = await (await browser.newContext()).newPage();
  const answer = await stranger.goto(new URL(url).origin);
  check(answer.status() === 403, `without the token: ${answer.status()}`);
}

withBrowser(visit).catch((error) => { console.error(error); process.exit(1); });
