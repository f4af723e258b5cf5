// Uses the page as `trilane serve` hands it out: one click on Measure, and real runs stand below their
// predictions; a Python is calibrated, and predicts by its own figures from then on.
//
//   node measured.js URL PICTURES
'use strict';

const fs = require('fs');
const path = require('path');

const { accessible } = require('./axe.js');
const { PATIENCE_MS, withBrowser } = require('./browser.js');
const { ended, expect, ready, runs } = require('./steps.js');

const [url, pictures] = process.argv.slice(2);

const SCENARIO = 'trilane = 1\ntitle = "Short"\n[tasks.a]\ncount = 6\nsteps = [{ io = "8ms" }, { cpu = "2ms" }]\n';

async function choose(page) {
  await page.locator('[data-go="measure"]').click();
  await page.locator('[data-measure="rust"]').waitFor();
  expect(await page.locator('[data-measure="sync"]').isChecked(), 'the plans are not chosen');
  const absent = await page.locator('[data-measure="threads@3.13t"]:disabled').count();
  expect(!absent || await page.locator('.why').count(), 'nothing says why a plan cannot be run');
  await page.locator('.times-of input').fill('2');
  await page.locator('.times-of input').blur();
  for (const plan of ['processes', 'asyncio+threads+processes', 'asyncio+threads']) {
    const box = page.locator(`[data-measure="${plan}"]`);
    if (await box.count() && await box.isChecked()) await box.click();
  }
}

// Every measured row lies below a prediction of its plan and its Python, and says how far that is off.
async function pairs(page) {
  const rows = await page.locator('article').evaluateAll((all) => all.map((row) => ({
    plan: row.dataset.plan, python: row.dataset.python, file: 'file' in row.dataset, error: row.dataset.error,
    makespan: Number(row.dataset.makespanNs), words: row.querySelector('.held').innerText,
    machine: row.querySelector('.where')?.innerText, label: row.querySelector('canvas')?.getAttribute('aria-label'),
  })));
  const measured = rows.filter((row) => row.file);
  expect(measured.length >= 3, `there are only ${JSON.stringify(rows)}`);
  for (const row of measured) {
    const told = JSON.stringify(row);
    const above = rows.slice(0, rows.indexOf(row)).reverse().find((other) => !other.file);
    expect(above.plan === row.plan && above.python === row.python, `${told} is below ${JSON.stringify(above)}`);
    expect(Math.abs(above.makespan / row.makespan - 1 - Number(row.error)) < 1e-3, told);
    expect(row.makespan > 9e6 && /core/.test(row.machine) && /half of 2 runs/.test(row.words), told);
    expect(/another state than predicted/.test(row.label), told);
  }
  return measured.length;
}

async function calibrate(page) {
  await page.locator('[data-do="calibrate"]').click();
  await page.locator('[data-field="running"]', { hasText: 'measuring what things cost' }).waitFor();
  await page.locator('.notice', { hasText: 'Python' }).waitFor();
  await page.locator('[data-do="calibrate"]').waitFor();
  await ready(page, 'measure');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-do="save-profile"]').click()]);
  const text = fs.readFileSync(await download.path(), 'utf8');
  expect(/^format = 1/m.test(text) && /^python = /m.test(text), `that is no profile: ${text.slice(0, 200)}`);
}

// The page with a scenario, in a context of its own.
async function withPage(browser, scenario, use) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
    await page.locator('input[type="file"]').setInputFiles({
      name: 'scenario.toml', mimeType: 'text/plain', buffer: Buffer.from(scenario),
    });
    await page.locator('h1', { hasText: 'Short' }).waitFor();
    return await use(page, context);
  } finally {
    await context.close();
  }
}

// Nothing is chosen, one button is pressed: this machine's CPython's timeline lies under the predicted one.
async function oneClick(page) {
  await page.locator('[data-go="measure"]').click();
  await page.locator('[data-do="run"]').click();
  await page.locator('[data-field="agreement"]').waitFor();
  await page.locator('[data-do="run"]').waitFor();
  await ready(page, 'measure');
  const rows = await page.locator('article').evaluateAll((all) => all.map((row) => ({
    // What was measured names how its processes were started, also where that is the usual way.
    plan: row.dataset.plan.replace(/, start=\w+/, ''), python: row.dataset.python, file: 'file' in row.dataset, outcome: row.dataset.outcome,
    drawn: (row.querySelector('canvas')?.width ?? 0) > 0, top: row.getBoundingClientRect().top,
  })));
  const measured = rows.filter((row) => row.file);
  expect(measured.length >= 2, `one click gave ${JSON.stringify(rows)}`);
  for (const row of measured) {
    const told = JSON.stringify(row);
    expect(/^3\.\d+t?$/.test(row.python) && row.outcome === 'completed' && row.drawn, told);
    const above = rows.slice(0, rows.indexOf(row)).reverse().find((other) => !other.file);
    expect(above.plan === row.plan && above.python === row.python && above.drawn && above.top < row.top, told);
  }
  // Opened into its lanes, the measured run shows below them where it differs.
  await page.locator('article[data-file] button.open').first().click();
  await page.locator('.opened canvas[aria-label*="another state than predicted"]').waitFor();
  await page.screenshot({ path: path.join(pictures, 'measured-opened.png'), fullPage: true });
}

// A tab that is closed while its run goes on cancels it.
async function closed(page, context) {
  const other = await context.newPage();
  await other.goto(new URL(url).origin);
  await page.locator('[data-go="measure"]').click();
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/api/v1/measure')),
    page.locator('[data-do="run"]').click(),
  ]);
  const { events } = await answer.json();
  await page.locator('[data-field="running"]', { hasText: /trial|run 1/ }).waitFor();
  await page.close();
  // The next one begins only when it has ended. To listen before would keep it alive.
  await runs(other);
  const [name, data] = await ended(other, events);
  expect(name === 'cancelled' && data.includes('its page was closed'), `${name}: ${data}`);
}

async function visit(browser) {
  await withPage(browser, SCENARIO, oneClick);
  await withPage(browser, SCENARIO.replace('8ms', '500s'), closed);
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(url);
  await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
  await page.locator('input[type="file"]').setInputFiles({ name: 'short.toml', mimeType: 'text/plain', buffer: Buffer.from(SCENARIO) });
  await page.locator('h1', { hasText: 'Short' }).waitFor();
  await choose(page);
  await accessible(page, 'what can be measured');
  await page.screenshot({ path: path.join(pictures, 'measure.png') });
  await page.locator('[data-do="run"]').click();
  // It goes on in whichever place one is.
  await page.locator('[data-field="running"]').waitFor();
  await page.locator('[data-go="lab"]').click();
  await page.locator('[data-place="lab"] [data-file][data-outcome="completed"]').first().waitFor();
  await page.locator('[data-go="measure"]').click();
  await page.locator('[data-do="run"]').waitFor();
  await ready(page, 'measure');
  const count = await pairs(page);
  await page.screenshot({ path: path.join(pictures, 'measured.png'), fullPage: true });
  // Cancelled, it says so and nothing is added.
  await page.locator('[data-do="run"]').click();
  await page.locator('[data-field="running"]').waitFor();
  await page.locator('[data-do="cancel"]').click();
  await page.locator('[data-field="failed"]', { hasText: 'cancelled' }).waitFor();
  expect(await page.locator('[data-file]').count() === count, 'a cancelled run left rows');
  await calibrate(page);
  expect(await page.locator('[data-file][data-error]').count() === count, 'the profile at hand predicts nothing');
  expect(!complaints.length, complaints.join('\n'));
}

withBrowser(visit).catch((error) => { console.error(error.stack); process.exit(1); });
