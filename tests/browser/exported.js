// Opens pages of their own as somebody would who got them by e-mail: from a file, without a network, with scripts and
// without, on a phone and on paper.
//
//   node exported.js PAGES PICTURES
//
// PAGES is a folder of what `trilane export` wrote; screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');

const { accessible } = require('./axe.js');
const { PATIENCE_MS, withBrowser } = require('./browser.js');
const { expect } = require('./steps.js');

const [folder, pictures] = process.argv.slice(2);

// The playhead is moved by keys, by a press on the picture and by itself, and what is told moves along.
async function plays(page) {
  const figure = page.locator('figure.live').first();
  const slider = figure.locator('input[type=range]');
  const head = figure.locator('.playhead').first();
  await figure.scrollIntoViewIfNeeded();
  const x = async () => Number(await head.getAttribute('x1'));
  await slider.press('Home');
  const first = await x();
  expect((await figure.locator('output').innerText()).startsWith('0'), 'it does not begin at 0');
  await slider.press('End');
  expect(await x() > first, 'the playhead stays where it is');
  const told = await figure.locator('dd').first().innerText();
  await figure.locator('svg').click({ position: { x: 150, y: 60 } });
  expect(await figure.locator('dd').first().innerText() !== told, 'a press on the picture moves nothing');
  await slider.press('Home');
  await figure.locator('button').click();
  await page.waitForFunction(([one, from]) => Number(one.getAttribute('x1')) > from, [await head.elementHandle(), first]);
  await figure.locator('button').click();
  const rest = await x();
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  expect(await x() === rest, 'it plays on after a pause');
}

// What is to be guessed is folded away until somebody opens it.
async function unfolds(page) {
  for (const closed of await page.locator('details').all()) await closed.evaluate((details) => { details.open = true; });
}

async function open(browser, url, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => request.url() !== url && complaints.push(`it asks for ${request.url()}`));
  await page.goto(url);
  return { context, page, complaints };
}

async function one(browser, name) {
  const url = `file://${path.join(folder, name)}`;
  const shot = `exported-${path.basename(name, '.html')}`;
  for (const colorScheme of ['light', 'dark']) {
    const { context, page, complaints } = await open(browser, url, { colorScheme, viewport: { width: 1280, height: 900 } });
    await unfolds(page);
    await plays(page);
    await accessible(page, `${name} in ${colorScheme}`);
    await page.screenshot({ path: path.join(pictures, `${shot}-${colorScheme}.png`), fullPage: true });
    expect(!complaints.length, complaints.join('\n'));
    await context.close();
  }
  const phone = await open(browser, url, { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
  await unfolds(phone.page);
  const wider = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wider <= 0, `${name} is ${wider} px wider than a phone`);
  expect(!await phone.page.locator('figure.live button').first().isVisible(), 'it offers to play where motion is not wanted');
  await accessible(phone.page, `${name} on a phone`);
  await phone.context.close();
  const plain = await open(browser, url, { javaScriptEnabled: false });
  expect(await plain.page.locator('figure svg').count() > 0, 'no picture without scripts');
  expect(await plain.page.locator('.transport').count() === 0, 'a playhead that nothing moves');
  // On paper nothing is hidden that was to be guessed.
  await plain.page.emulateMedia({ media: 'print' });
  const why = plain.page.locator('details .why').first();
  if (await why.count()) expect(await why.evaluate((it) => it.checkVisibility({ contentVisibilityAuto: true })), 'the answer is not printed');
  await plain.context.close();
}

withBrowser(async (browser) => {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.html'));
  expect(names.length > 0, `nothing was exported to ${folder}`);
  for (const name of names) {
    try {
      await one(browser, name);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
}).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
