// Reads the course on the built page as a visitor would: guesses, plays, turns, changes the language.
//
//   node learn.js DIST PICTURES
//
// Screenshots go to PICTURES.
'use strict';

const path = require('path');

const { accessible } = require('./axe.js');
const { withPage } = require('./browser.js');
const { expect, lettered, listens, ready, until } = require('./steps.js');

const [dist, pictures] = process.argv.slice(2);

const widget = (page, id) => page.locator(`[data-id="${id}"]`);

// Goes to a chapter, by the address as a link does.
async function chapter(page, name) {
  await page.evaluate((to) => { location.hash = `#/learn/${to}`; }, name);
  await page.locator(`[data-chapter="${name.split('/')[0]}"]`).waitFor();
}

// Has a widget run: those in sight do.
async function seen(page, id) {
  const found = widget(page, id);
  await found.scrollIntoViewIfNeeded();
  await page.locator(`[data-id="${id}"][data-state="ready"]`).waitFor();
  return found;
}

async function lazily(page) {
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
  expect(!asked.some((url) => url.endsWith('.book')), 'the Lab fetches chapters');
  await chapter(page, 'core-concepts');
  await ready(page, 'learn');
  expect(asked.filter((url) => url.endsWith('.book')).length === 1, 'not one language was fetched');
  expect(await page.locator('.chapters li').count() === 15, 'chapters are missing');
  await seen(page, 'eight-dishes');
  const states = await page.locator('[data-widget]').evaluateAll((all) => all.map((one) => one.dataset.state));
  expect(states.includes('busy'), 'what is out of sight was run too');
  // The Lab's, and one for all widgets.
  expect(page.workers().length <= 2, `there are ${page.workers().length} workers`);
}

async function guesses(page) {
  await chapter(page, 'gil');
  const one = await seen(page, 'one-at-a-time');
  const figure = page.locator('a.figure[href="#/learn/gil/one-at-a-time"]').first();
  expect(await figure.innerText() === '???', 'the answer stands beside the question');
  expect(await one.locator('[data-plan]').count() === 0, 'the race is shown before the guess');
  const bar = one.locator('input[name="guess"]');
  const before = await bar.getAttribute('aria-valuetext');
  await bar.focus();
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight');
  await until(page, ([id, old]) => document.querySelector(`[data-id="${id}"] input[name="guess"]`).getAttribute('aria-valuetext') !== old,
    ['one-at-a-time', before]);
  const guess = await bar.getAttribute('aria-valuetext');
  await page.keyboard.press('Enter');
  await one.locator('.of-answer', { hasText: '320 ms' }).waitFor();
  await one.locator('.of-guess', { hasText: guess }).waitFor();
  await one.locator('[data-field="verdict"]').waitFor();
  expect(await figure.innerText() === '320\u00a0ms', 'the figure is still hidden');
  await page.locator('.chapters a[aria-current] small', { hasText: '1/' }).waitFor();
  // It is kept on the device.
  await page.reload();
  await ready(page, 'learn');
  await (await seen(page, 'one-at-a-time')).locator('.of-guess', { hasText: guess }).waitFor();
  await widget(page, 'one-at-a-time').locator('[data-do="again"]').click();
  await widget(page, 'one-at-a-time').locator('input[name="guess"]').waitFor();
  await page.locator('.chapters a[aria-current] small', { hasText: '0/' }).waitFor();
}

async function turns(page) {
  await chapter(page, 'gil');
  const race = await seen(page, 'waits-overlap');
  const row = race.locator('[data-plan="threads(64)"]');
  const time = () => row.getAttribute('data-makespan-ns');
  const before = await time();
  const knob = race.locator('[data-knob]');
  await knob.focus();
  await page.keyboard.press('End');
  await until(page, (old) => document.querySelector('[data-id="waits-overlap"] [data-plan="threads(64)"]').dataset.makespanNs !== old, before);
  await race.locator('[data-do="reset"]').click();
  await until(page, (old) => document.querySelector('[data-id="waits-overlap"] [data-plan="threads(64)"]').dataset.makespanNs === old, before);
  // The same figures as the command line's.
  const lab = await race.locator('.more a').getAttribute('href');
  expect(lab.startsWith('#/lab?'), `the way to the Lab is ${lab}`);
}

async function goes(page) {
  await chapter(page, 'gil');
  const race = await seen(page, 'waits-overlap');
  await race.locator('.more a').click();
  await page.locator('[data-place="lab"][data-state="ready"] [data-plan="threads(64)"]').waitFor();
  await page.locator('[data-go="learn"]').click();
  await ready(page, 'learn');
  await page.locator('[data-go="lab"]').click();
  await page.locator('[data-place="lab"][data-state="ready"] [data-plan="threads(64)"]').waitFor();
  await page.goBack();
  await ready(page, 'learn');
}

async function plays(page) {
  await chapter(page, 'gil');
  const race = await seen(page, 'waits-overlap');
  const at = async () => Number(await race.locator('[data-field="playhead"]').getAttribute('data-t-ns'));
  await race.locator('[data-field="playhead"]').fill('0');
  await race.locator('[data-do="play"]').click();
  await until(page, () => Number(document.querySelector('[data-id="waits-overlap"] [data-field="playhead"]').dataset.tNs) > 0);
  // Out of sight it stands.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await until(page, () => document.querySelector('[data-id="waits-overlap"] [data-do="play"]').textContent.startsWith('▶'));
  await race.scrollIntoViewIfNeeded();
  const stands = await at();
  await page.keyboard.press('Escape');
  expect(await at() === stands && stands > 0, 'it plays unseen');
}

async function chooses(page) {
  await chapter(page, 'choosing');
  const chart = await seen(page, 'flowchart');
  const answer = (ask, yes) => chart.locator(`[data-ask="${ask}"][data-answer="${yes}"]`).click();
  for (const [ask, yes] of [['cpu', 'no'], ['io', 'yes'], ['library', 'no']]) await answer(ask, yes);
  await chart.locator('[data-field="advice"]', { hasText: 'threads' }).waitFor();
  await chart.locator('[data-do="take-back"]').click();
  await answer('library', 'yes');
  await chart.locator('[data-field="advice"]', { hasText: 'asyncio' }).waitFor();
  await chart.locator('[data-field="advice"] a').click();
  await until(page, () => Math.abs(document.querySelector('#at-async-library').getBoundingClientRect().top) < 200);
}

async function speaks(page) {
  await chapter(page, 'gil');
  await page.locator('[data-do="language"]').selectOption('de');
  await page.locator('main[lang="de"] h1', { hasText: 'Der GIL' }).waitFor();
  const race = await seen(page, 'waits-overlap');
  await race.locator('.legend', { hasText: 'wartet auf' }).waitFor();
  // So do the pictures.
  await listens(page);
  await seen(page, 'no-lock');
  await lettered(page, ['THREADS', 'DER GIL', 'KERNE', 'Kern 0', 'gehalten von']);
  await race.locator('.held', { hasText: 'eine Aufgabe nach der anderen' }).first().waitFor();
  await page.reload();
  await page.locator('main[lang="de"]').waitFor();
  await page.locator('[data-do="language"]').selectOption('en');
  await page.locator('main[lang="en"]').waitFor();
}

// The reader's own language, where nothing was chosen yet.
async function greets(page) {
  const context = await page.context().browser().newContext({ locale: 'de-AT', serviceWorkers: 'block' });
  try {
    const other = await context.newPage();
    await other.goto(`${page.url().split('#')[0]}#/learn/threads`);
    await other.locator('main[lang="de"] h1', { hasText: 'Threads' }).waitFor();
  } finally {
    await context.close();
  }
}

// Turns a knob a little and back: each time another race is run, and the second is the first one again.
async function turned(page, one, id) {
  const times = () => one.locator('[data-plan]').evaluateAll((all) => all.map((row) => row.dataset.makespanNs).join());
  const next = async (act) => {
    const before = await one.getAttribute('data-race');
    await act();
    await until(page, ([id, old]) => document.querySelector(`[data-id="${id}"]`).dataset.race !== old, [id, before]);
    expect(await one.locator('[role="alert"], .refused').count() === 0, `${id} does not run with its knob turned`);
  };
  const before = await times();
  for (const knob of await one.locator('[data-knob]').all()) {
    const turn = (input) => {
      if (input.type === 'checkbox') input.click();
      else {
        input.value = Number(input.value) + (Number(input.value) < 900 ? 60 : -60);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    };
    await next(() => knob.evaluate(turn));
    await next(() => one.locator('[data-do="reset"]').click());
    expect(await times() === before, `${id}: turned back, it takes ${await times()} and not ${before}`);
  }
}

// Guesses, plays, stops, goes to the end and turns each knob, as a reader would.
async function played(page, one, id) {
  const guess = one.locator('[data-do="guess"]');
  if (await guess.count()) {
    const plan = await one.locator('[data-guess]').getAttribute('data-guess');
    await guess.click();
    const answer = await one.locator('.of-answer b').innerText();
    const row = one.locator('article', { has: page.locator(`.named code:text-is("${plan}")`) });
    expect(await row.locator('.time').innerText() === answer, `${id}: ${plan} does not take the ${answer} of the answer`);
  }
  const rows = one.locator('[data-plan]');
  expect(await rows.count() > 0, `${id} shows no run`);
  const head = one.locator('[data-field="playhead"]');
  const at = async () => Number(await head.getAttribute('data-t-ns'));
  const play = one.locator('[data-do="play"]');
  // A guess has it play already.
  if ((await play.innerText()).startsWith('▶')) await play.click();
  await until(page, (id) => document.querySelector(`[data-id="${id}"] [data-field="playhead"]`).dataset.tNs !== '0', id);
  if ((await play.innerText()).startsWith('❚')) await play.click();
  const told = () => one.locator('.kitchens svg > desc').allTextContents();
  await head.fill('0');
  const before = await told();
  await head.press('End');
  expect(await at() === Number(await head.getAttribute('max')), `${id} does not get to its end`);
  const after = await told();
  expect(!after.some((words, row) => words === before[row]), `${id}: at the end its kitchen says what it said at first`);
  const empty = await one.locator('canvas').evaluateAll((all) => all.filter((one) => !one.width || !one.height).length);
  expect(empty === 0, `${id} has pictures without a size`);
  await turned(page, one, id);
}

// Every chapter in every language, with every widget run, and read by who cannot see it; in one language every
// widget is played too.
async function everyWidget(page) {
  for (const language of ['de', 'en']) {
    await page.locator('[data-do="language"]').selectOption(language);
    await page.locator(`main[lang="${language}"]`).waitFor();
    const links = await page.locator('.chapters li a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    for (const link of links) {
      await chapter(page, link.replace('#/learn/', ''));
      const ids = await page.locator('[data-widget]').evaluateAll((all) => all.map((one) => one.dataset.id));
      expect(ids.length > 0, `${link} has no widget`);
      for (const id of ids) {
        const one = await seen(page, id);
        expect(await one.locator('[role="alert"], .refused').count() === 0, `${language} ${link} ${id} does not run`);
        if (language === 'en' && await one.getAttribute('data-widget') !== 'choose') await played(page, one, id);
      }
      // A theme a language, as chapters differ in their words and widgets, and not in their colours.
      await page.emulateMedia({ colorScheme: language === 'de' ? 'dark' : 'light' });
      await accessible(page, `${link} in ${language}`);
      await page.setViewportSize({ width: 360, height: 780 });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider <= 0, `${language} ${link} is ${wider} px wider than a phone`);
      await page.setViewportSize({ width: 1400, height: 1000 });
    }
  }
}

// The kitchen shows what the trace has at the playhead: eight threads, and one of them at the one stove.
async function kitchens(page) {
  await chapter(page, 'analogies');
  const kitchen = await seen(page, 'one-stove');
  const cooks = (state) => kitchen.locator(`[data-key^="thread-"][data-state="${state}"]`).count();
  const said = (words) => kitchen.locator('.kitchens desc', { hasText: words }).waitFor({ state: 'attached' });
  await kitchen.locator('[data-field="playhead"]').fill('170000000');
  await said(/has the stove of the kitchen; [2-9] cooks stand in line/);
  expect(await cooks('Python') === 1, 'not one cook is at the stove');
  await kitchen.locator('[data-field="playhead"]').press('End');
  await said('All 8 dishes are served');
  const own = await seen(page, 'own-kitchens');
  const kept = await own.locator('[data-field="playhead"]').getAttribute('max');
  await own.locator('[data-field="playhead"]').fill(String(Math.round(Number(kept) * 0.7)));
  await own.locator('.kitchens text', { hasText: /process 3/ }).first().waitFor();
  // What is going on is said in the reader's language.
  await page.locator('[data-do="language"]').selectOption('de');
  await page.locator('main[lang="de"]').waitFor();
  await seen(page, 'one-stove');
  await kitchen.locator('[data-field="playhead"]').fill('170000000');
  await said(/hat den Herd; [2-9] Köche stehen dafür an/);
  await kitchen.locator('.kitchens text', { hasText: 'Steckdosen in Gebrauch' }).first().waitFor();
  await page.locator('[data-do="language"]').selectOption('en');
  await page.locator('main[lang="en"]').waitFor();
}

async function lost(page) {
  await page.evaluate(() => { location.hash = '#/learn/nothing'; });
  await page.locator('[data-chapter="core-concepts"] .notice').waitFor();
}

async function look(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of [[1440, 900], [768, 1024], [360, 780]]) {
      await page.setViewportSize({ width, height });
      await until(page, () => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
      await page.screenshot({ path: path.join(pictures, `learn-${name}-${width}-${colorScheme}.png`) });
    }
    await accessible(page, `${name} in ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1400, height: 1000 });
}

async function looks(page) {
  await chapter(page, 'gil/one-at-a-time');
  await seen(page, 'one-at-a-time');
  await look(page, 'guess');
  await widget(page, 'one-at-a-time').locator('[data-do="guess"]').click();
  await widget(page, 'one-at-a-time').locator('.made').waitFor();
  await look(page, 'made');
  for (const [name, id] of [['misconceptions', 'gather-is-parallel'], ['choosing', 'flowchart'], ['analogies', 'one-stove'], ['execution-models', 'sums']]) {
    await chapter(page, `${name}/${id}`);
    await seen(page, id);
    await look(page, name);
  }
}

async function use(page) {
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  for (const part of [lazily, guesses, turns, goes, plays, chooses, speaks, greets, kitchens, lost, looks, everyWidget]) {
    try {
      await part(page);
    } catch (error) {
      await page.screenshot({ path: path.join(pictures, `failed-learn-${part.name}.png`) });
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
