// Answers the flowchart of the built page as a visitor would: by hand, by keys and by the scenario's own
// numbers; takes answers back; and reads what the simulation says to it.
//
//   node choose.js DIST PICTURES
//
// Screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');

const { accessible } = require('./axe.js');
const { withPage } = require('./browser.js');
const { expect, ready, until } = require('./steps.js');

const [dist, pictures] = process.argv.slice(2);

const answer = (page, ask, yes) => page.locator(`[data-ask="${ask}"][data-answer="${yes}"]`);
const pressed = (page) => page.locator('[data-answer][aria-pressed="true"]').evaluateAll((all) => all.map((one) => `${one.dataset.ask} ${one.dataset.answer}`));
const leaf = (page, family) => page.locator(`[data-leaf="${family}"][data-lit]`);
const plotted = (page) => page.locator('[data-field="plot"][data-ready] canvas');

// Opens a scenario of its own; no answers yet.
async function scenario(page, name) {
  await page.locator('[data-field="example"]').selectOption(name);
  await page.locator('[data-own]').first().waitFor();
  await ready(page, 'choose');
}

async function goes(page) {
  const books = [];
  page.on('request', (request) => request.url().endsWith('.book') && books.push(request.url()));
  await page.locator('[data-go="choose"]').click();
  await ready(page, 'choose');
  await until(page, () => document.title.startsWith('Choose') && document.activeElement.dataset.place === 'choose');
  await page.locator('[data-field="asked"]', { hasText: 'CPU-bound' }).waitFor();
  expect(!await page.locator('[data-field="outcome"]').count(), 'there is an outcome before any answer');
  expect(books.length === 1 && books[0].includes('/labels-'), `it fetches more than words: ${books}`);
}

async function clicks(page) {
  await scenario(page, 'cpu-bound');
  await answer(page, 'cpu', 'no').click();
  await page.locator('[data-field="asked"]', { hasText: 'I/O-bound' }).waitFor();
  await answer(page, 'io', 'yes').click();
  await answer(page, 'library', 'no').click();
  await leaf(page, 'threads').waitFor();
  expect(`${await pressed(page)}` === 'cpu no,io yes,library no', `the path is ${await pressed(page)}`);
  // The scenario answers otherwise, and that is said.
  await page.locator('[data-field="elsewhere"]', { hasText: 'processes' }).waitFor();
  await page.locator('[data-field="stand"][data-agrees="false"]').waitFor();
  await ready(page, 'choose');
  // Taken back at the chart, by the button, and all at once.
  await answer(page, 'library', 'no').click();
  expect(`${await pressed(page)}` === 'cpu no,io yes', `after one was taken back: ${await pressed(page)}`);
  await page.locator('[data-do="take-back"]').click();
  await page.locator('[data-field="asked"]', { hasText: 'I/O-bound' }).waitFor();
  // An answer further down answers what comes before it.
  await answer(page, 'library', 'yes').click();
  await leaf(page, 'asyncio').waitFor();
  await page.locator('[data-do="again"]').click();
  await page.locator('[data-field="asked"]', { hasText: 'CPU-bound' }).waitFor();
  // And all of it can be undone, without another scenario.
  await page.locator('[data-do="undo"]').click();
  await leaf(page, 'asyncio').waitFor();
  await page.locator('[data-do="redo"]').click();
  await page.locator('[data-field="asked"]', { hasText: 'CPU-bound' }).waitFor();
  expect(await page.locator('[data-field="example"]').inputValue() === 'cpu-bound', 'undoing changed the scenario');
}

async function byKeys(page) {
  await answer(page, 'cpu', 'yes').focus();
  await page.keyboard.press('Enter');
  await leaf(page, 'processes').waitFor();
  await page.keyboard.press('Space');
  await page.locator('[data-field="asked"]').waitFor();
  await page.keyboard.press('Tab');
  await until(page, () => document.activeElement.dataset.answer === 'no');
}

async function fillsIn(page) {
  await scenario(page, 'cpu-bound');
  await page.locator('[data-do="fill"]').click();
  await leaf(page, 'processes').waitFor();
  await page.locator('[data-field="outcome"]').waitFor();
  await ready(page, 'choose');
  await page.locator('[data-field="stand"][data-agrees="true"]').waitFor();
  expect(!await page.locator('[data-field="elsewhere"]').count(), 'its own answers are not its own');
  // Whoever is first in the ranking is the fastest, and the one to take is marked.
  const medians = await page.locator('.ranking [data-median-ns]').evaluateAll((all) => all.map((row) => Number(row.dataset.medianNs)));
  expect(medians.length > 4, `only ${medians.length} plans are ranked`);
  const best = await page.locator('[data-field="outcome"]').getAttribute('data-best');
  expect(await page.locator('.ranking [data-best]').getAttribute('data-plan') === best, 'another plan is marked');
  await page.locator('[data-do="all"]').click();
  await until(page, (few) => document.querySelectorAll('.ranking [data-plan]').length > few, medians.length);
  expect(await page.locator('[data-field="because"] li').count() > 1, 'no reasons are given');
  expect(await page.locator('[data-field="sides"] li').count() > 3, 'pros and cons are missing');
  const code = await page.locator('[data-field="code"]').innerText();
  expect(code.includes('import') && code.includes('Pool'), `the program is ${code.slice(0, 200)}`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-do="save-code"]').click()]);
  expect(fs.readFileSync(await download.path(), 'utf8').includes('def '), 'the saved program is none');
}

async function plots(page) {
  await plotted(page).waitFor();
  const words = await plotted(page).getAttribute('aria-label');
  expect(/now .*: .*(processes|interpreters) [\d.]+/.test(words), `the plot says ${words}`);
  const knobs = await page.locator('[data-field="knob"] option').allTextContents();
  const flips = await page.locator('[data-flip]').evaluateAll((all) => all.map((one) => one.dataset.flip));
  expect(flips.every((key) => knobs.includes(key)), `${flips} flip, and ${knobs} can be plotted`);
  if (knobs.length > 1) {
    const shown = await page.locator('[data-field="knob"]').evaluate((select) => select.selectedIndex);
    await page.locator('[data-field="knob"]').selectOption({ index: shown ? 0 : 1 });
    await until(page, (old) => {
      const canvas = document.querySelector('[data-field="plot"][data-ready] canvas');
      return canvas && canvas.getAttribute('aria-label') !== old;
    }, words);
  }
}

// The simulation does not always say what the flowchart does.
async function disagrees(page) {
  // Its own answer is the one that was given last.
  await scenario(page, 'native-lets-go');
  expect(await page.locator('[data-do="fill"]').isDisabled(), 'it answers otherwise');
  const stand = page.locator('[data-field="stand"][data-agrees="false"]');
  await stand.waitFor();
  const [thumb, best] = await stand.locator('article').evaluateAll((all) => all.map((card) => card.dataset.plan));
  expect(thumb.startsWith('processes') && !best.startsWith('processes'), `it is ${thumb} against ${best}`);
  expect((await stand.locator('.held').allInnerTexts()).every((why) => why.length > 9), 'nothing says why');
}

async function ends(page) {
  await page.locator('[data-field="example"]').selectOption('ten-thousand-sockets');
  await page.locator('[data-do="cancel"]').click();
  await page.locator('[data-field="ended"]').waitFor();
  await ready(page, 'choose');
  await page.locator('[data-do="work-out"]').click();
  await page.locator('[data-field="advising"]').waitFor();
  // Another scenario ends what was begun.
  await scenario(page, 'blocking-library');
  await page.locator('[data-field="outcome"] [data-field="elsewhere"]', { hasText: 'threads' }).waitFor();
  await ready(page, 'choose');
}

async function links(page) {
  await page.locator('[data-do="fill"]').click();
  await leaf(page, 'threads').waitFor();
  await until(page, () => /#\/choose\?v=1&s=/.test(location.hash));
  await ready(page, 'choose');
  await page.locator('[data-do="share"]').click();
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await leaf(page, 'threads').waitFor();
  await page.locator('[data-field="outcome"]').waitFor();
  // A scenario with a problem says so, and the Lab is a click away.
  await page.locator('[data-go="lab"]').click();
  await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
  await page.locator('[data-field="scenario"]').click();
  await page.locator('.cm-content[data-field="scenario"]').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('trilane = 1\nfoo = 2');
  await page.locator('[data-field="problems"] pre').first().waitFor();
  await page.locator('[data-go="choose"]').click();
  await page.locator('[data-field="broken"]').waitFor();
  await scenario(page, 'fetch-and-parse');
}

async function speaks(page) {
  await page.locator('[data-do="language"]').selectOption('de');
  await page.locator('main[lang="de"] [data-field="flowchart"]', { hasText: 'CPU-lastig' }).waitFor();
  await page.locator('[data-field="outcome"]', { hasText: 'Die Belege' }).waitFor();
  // What the simulator says is German too.
  await page.locator('[data-field="because"]', { hasText: 'braucht' }).waitFor();
  expect(!/ (takes|of the) /.test(await page.locator('[data-field="outcome"] .ranking').innerText()), 'held back in English');
  await until(page, () => document.querySelector('[data-field="plot"][data-ready] canvas')?.getAttribute('aria-label').startsWith('jetzt'));
  await accessible(page, 'Choose in German');
  await page.screenshot({ path: path.join(pictures, 'choose-german.png'), fullPage: true });
  await page.locator('[data-do="language"]').selectOption('en');
  await page.locator('main[lang="en"]').waitFor();
}

async function looks(page) {
  await plotted(page).waitFor();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await ready(page, 'choose');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide <= 0, `at ${width} px the page is ${wide} px too wide`);
      // Painted for this width, and not for the one before.
      await until(page, () => {
        const canvas = document.querySelector('[data-field="plot"][data-ready] canvas');
        const room = document.querySelector('[data-field="flips"] .room').clientWidth;
        return canvas && Math.abs(canvas.getBoundingClientRect().width - room) < 2;
      });
      await page.screenshot({ path: path.join(pictures, `choose-${width}-${colorScheme}.png`), fullPage: true });
    }
    await accessible(page, `Choose in ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function use(page) {
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  for (const part of [goes, clicks, byKeys, fillsIn, plots, disagrees, ends, links, speaks, looks]) {
    try {
      await part(page);
    } catch (error) {
      await page.screenshot({ path: path.join(pictures, `failed-choose-${part.name}.png`), fullPage: true });
      error.message = `${part.name}: ${error.message}`;
      throw error;
    }
  }
  expect(!errors.length, errors.join('\n'));
}

withPage(dist, () => undefined, use).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
