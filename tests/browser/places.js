// Goes from place to place, back and forward; and drops files of real runs on the Measure place, as it is
// without a server behind it.
//
//   node places.js DIST FILES PICTURES
//
// FILES is a folder with what `trilane measure -o` wrote of the first example under Rust: `run.json`, of two
// plans, and `run.trilane`, of one. Screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');

const { accessible } = require('./axe.js');
const { withPage } = require('./browser.js');
const { expect, ready, until } = require('./steps.js');

const [dist, files, pictures] = process.argv.slice(2);

const rows = (page) => page.locator('article').evaluateAll((all) => all.map((row) => `${row.dataset.plan}${'file' in row.dataset ? ' measured' : ''}`));

async function fromPlaceToPlace(page) {
  await ready(page, 'lab');
  await page.locator('[data-example="one-blocking-call"]').click();
  await page.locator('input[name="plan"]').fill('threads(7)');
  await page.locator('.add button').click();
  await page.locator('[data-plan="threads(7)"]').waitFor();
  await ready(page, 'lab');
  const before = await rows(page);
  // By keyboard, as all else.
  await page.locator('[data-go="measure"]').focus();
  await page.keyboard.press('Enter');
  await ready(page, 'measure');
  await until(page, () => document.title.startsWith('Measure') && document.activeElement.dataset.place === 'measure');
  expect(/#\/measure\?v=1&s=/.test(page.url()), `the address is ${page.url()}`);
  expect(await page.locator('nav [aria-current="page"]').innerText() === 'Measure', 'the header shows another place');
  expect(`${await rows(page)}` === `${before}`, 'the scenario or its plans were lost');
  await page.goBack();
  await ready(page, 'lab');
  await until(page, () => document.title.startsWith('Trilane') && document.activeElement.dataset.place === 'lab');
  expect(`${await rows(page)}` === `${before}`, 'going back lost something');
  await page.goForward();
  await ready(page, 'measure');
  // What was done before is still to be undone.
  await page.locator('[data-do="undo"]').click();
  await page.locator('[data-plan="threads(7)"]').waitFor({ state: 'detached' });
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await ready(page, 'measure');
  await page.locator('[data-field="example"]').selectOption({ index: 0 });
  await page.locator('[data-plan="threads(8)"]').first().waitFor();
}

async function unknownPlace(page, origin) {
  await page.evaluate(() => { location.hash = '#/nowhere'; });
  await page.locator('.notice', { hasText: 'no place `nowhere`' }).waitFor();
  await ready(page, 'lab');
  for (const [hash, place] of [['#/lab', 'lab'], ['#/choose', 'choose'], ['#/measure', 'measure']]) {
    await page.goto('about:blank');
    await page.goto(`${origin}/${hash}`);
    await ready(page, place);
  }
}

async function drop(page, name, bytes) {
  await page.evaluate(([n, data]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(data)], n));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, [name, [...bytes]]);
}

async function filesOfRealRuns(page) {
  await page.locator('[data-field="how"]', { hasText: 'trilane serve' }).waitFor();
  await accessible(page, 'the Measure place before anything was measured');
  const whole = JSON.parse(fs.readFileSync(path.join(files, 'run.json'), 'utf8'));
  const give = (name, document) => drop(page, name, Buffer.from(JSON.stringify(document)));
  await give('mine.json', whole);
  await give('theirs.json', { ...whole, machine: 'Another machine, 2 cores' });
  await drop(page, 'run.trilane', fs.readFileSync(path.join(files, 'run.trilane')));
  const bare = structuredClone(whole);
  bare.runs = bare.runs.slice(0, 1);
  delete bare.runs[0].trace;
  await give('bare.json', bare);
  await give('other.json', { ...whole, runs: whole.runs.slice(1), scenario: 'Other pages', work: '0' });
  await page.locator('[data-file]', { hasText: 'Other pages' }).waitFor();
  await ready(page, 'measure');
  const [first, second] = whole.runs.map((run) => run.plan);
  const there = (await rows(page)).slice(0, 8);
  const measured = (plan) => `${plan} measured`;
  // The trace is of the first plan, and so is what has no timeline; both machines are beside each other.
  const expected = [first, measured(first), measured(first), measured(first), measured(`${first}@rust`), second, measured(second), measured(second)];
  expect(`${there}` === `${expected}`, `the rows are ${there}`);
  await page.locator('.where', { hasText: 'Another machine' }).first().waitFor();
  await page.locator('.bare', { hasText: 'has figures and no timeline' }).waitFor();
  const other = page.locator('[data-file]', { hasText: 'other work' });
  expect(await other.count() === 1 && await other.getAttribute('data-error') === null, 'other work is compared');
  await page.locator('[data-field="agreement"]', { hasText: 'measured runs' }).waitFor();
  // One playhead on all of them, and a measured run opens as a predicted one does.
  const row = page.locator('article.beside[data-error] button[data-open]').first();
  await row.click();
  await page.locator('.lanes canvas').waitFor();
  await page.locator('[data-do="by-task"]').click();
  await page.locator('[data-do="by-task"][aria-pressed="true"]').waitFor();
  await row.click();
  const head = page.locator('article .playhead').first();
  const place = await head.evaluate((line) => getComputedStyle(line).transform);
  await page.locator('[data-field="playhead"]').fill('100000000');
  await until(page, ([old]) => [...document.querySelectorAll('article .playhead')].every((line) => getComputedStyle(line).transform !== old), [place]);
}

async function savedAsAPicture(page) {
  await page.locator('[data-do="export"]').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-export="racesvg"]').click()]);
  const svg = fs.readFileSync(await download.path(), 'utf8');
  expect(svg.includes('>differs<') && /ends [^<]* (later|earlier)|ends when predicted/.test(svg), 'the SVG shows no difference');
  fs.writeFileSync(path.join(pictures, 'pairs.svg'), svg);
  await page.keyboard.press('Escape');
}

async function looks(page) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await ready(page, 'measure');
      // As wide as the room there is, and in the colours of the theme.
      await until(page, () => {
        const canvas = document.querySelector('article.beside canvas');
        const room = document.querySelector('#room').clientWidth;
        return Math.abs(canvas.getBoundingClientRect().width - room) < 1;
      });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide <= width, `at ${width} px the page is ${wide} px wide`);
      await accessible(page, `Measure at ${width} px, ${colorScheme}`);
      await page.screenshot({ path: path.join(pictures, `measure-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 360, height: 800 });
  await page.locator('[data-go="lab"]').click();
  await ready(page, 'lab');
  const header = await page.locator('header').boundingBox();
  expect(header.height < 100, `the header is ${header.height} px high on a phone`);
  await accessible(page, 'the Lab with measured rows on a phone');
}

withPage(dist, () => undefined, async (page) => {
  const { origin } = new URL(page.url());
  await fromPlaceToPlace(page);
  await unknownPlace(page, origin);
  await filesOfRealRuns(page);
  await savedAsAPicture(page);
  await looks(page);
}).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
