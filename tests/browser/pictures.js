// Paints the README's pictures of the page: the Lab with a row opened, light and dark, and what one
// blocking call does to a loop.
//
//   node pictures.js DIST FOLDER
'use strict';

const path = require('path');

const { withPage } = require('./browser.js');
const { ready } = require('./steps.js');

const [dist, folder] = process.argv.slice(2);

async function open(page, example, plan) {
  await page.locator(`[data-example="${example}"]`).click();
  await page.locator(`[data-example="${example}"][aria-pressed="true"]`).waitFor();
  await ready(page, 'lab');
  await page.locator(`[data-plan="${plan}"] button[data-open]`).first().click();
  await page.locator('.lanes canvas').waitFor();
}

// An instant of the run, and what is told of it.
async function at(page, ms) {
  const playhead = page.locator('[data-field="playhead"]');
  await playhead.fill(String(ms * 1e6));
  const time = await playhead.getAttribute('data-t-ns');
  await page.locator(`[data-field="narration"][data-t-ns="${time}"]`).waitFor();
}

async function paint(page, name, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.mouse.move(0, 0);
  await ready(page, 'lab');
  // Two frames: one for the new colours' pictures to come, one for them to be painted.
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 500)); }));
  await page.screenshot({ path: path.join(folder, name) });
}

withPage(dist, () => undefined, async (page) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await ready(page, 'lab');
  await open(page, 'fetch-and-parse', 'threads(8)');
  await at(page, 158);
  await paint(page, 'lab-light.png', 'light');
  await paint(page, 'lab-dark.png', 'dark');
  await open(page, 'one-blocking-call', 'asyncio');
  await at(page, 200);
  await paint(page, 'blocked-light.png', 'light');
  await paint(page, 'blocked-dark.png', 'dark');
}).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
