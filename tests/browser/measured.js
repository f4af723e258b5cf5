// Uses the page as `trilane serve` hands it out: one click on Measure, and real runs stand below the
// predictions.
//
//   node measured.js URL PICTURES
'use strict';

const path = require('path');

const { accessible } = require('./axe.js');
const { PATIENCE_MS, withBrowser } = require('./browser.js');

const [url, pictures] = process.argv.slice(2);

const SCENARIO = 'trilane = 1\ntitle = "Short"\n[tasks.a]\ncount = 6\nsteps = [{ io = "8ms" }, { cpu = "2ms" }]\n';

function expect(is, what) {
  if (!is) throw new Error(what);
}

async function visit(browser) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(url);
  const ready = () => page.locator('[data-place="lab"][data-state="ready"]').waitFor();
  await ready();
  await page.locator('input[type="file"]').setInputFiles({ name: 'short.toml', mimeType: 'text/plain', buffer: Buffer.from(SCENARIO) });
  await page.locator('h1', { hasText: 'Short' }).waitFor();
  await page.locator('[data-do="measure"]').click();
  const panel = page.locator('[data-panel="measure"]');
  await panel.locator('[data-measure="rust"]').waitFor();
  expect(await panel.locator('[data-measure="sync"]').isChecked(), 'the plans are not chosen');
  await accessible(page, 'the panel that measures');
  await page.screenshot({ path: path.join(pictures, 'measure.png') });
  await panel.locator('input[type="number"]').fill('2');
  await panel.locator('input[type="number"]').blur();
  for (const plan of ['processes', 'asyncio+threads+processes', 'asyncio+threads']) {
    const box = panel.locator(`[data-measure="${plan}"]`);
    if (await box.count() && await box.isChecked()) await box.click();
  }
  await panel.locator('[data-do="run"]').click();
  await panel.waitFor({ state: 'detached' });
  await ready();
  const measured = page.locator('[data-file][data-outcome="completed"]');
  await measured.first().waitFor();
  const rows = await measured.evaluateAll((all) => all.map((row) => [row.dataset.plan, Number(row.dataset.makespanNs), row.querySelector('.held').innerText]));
  expect(rows.length >= 3, `there are only ${JSON.stringify(rows)}`);
  for (const [plan, makespan, held] of rows) {
    expect(makespan > 9e6, `${plan} took ${makespan} ns`);
    expect(/measured: the prediction above, .* is [\d.]+ % too (long|short)/.test(held), `${plan} says: ${held}`);
  }
  await page.screenshot({ path: path.join(pictures, 'measured.png'), fullPage: true });
  // Cancelled, it says so and nothing is added.
  await page.locator('[data-do="measure"]').click();
  await panel.locator('[data-do="run"]').click();
  await panel.locator('[data-field="running"]').waitFor();
  await panel.locator('[data-do="cancel"]').click();
  await panel.locator('.wrong', { hasText: 'cancelled' }).waitFor();
  expect(await measured.count() === rows.length, 'a cancelled run left rows');
  expect(!complaints.length, complaints.join('\n'));
}

withBrowser(visit).catch((error) => { console.error(error.stack); process.exit(1); });
