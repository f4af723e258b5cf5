// Opens the built page and asks it for races, or uses the Lab as a visitor would.
//
//   node lab.js DIST QUESTIONS PICTURES
//
// QUESTIONS is a JSON file of `{ name, text, plans }`. Prints a JSON object: the page's answer by name.
// Screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');

const { accessible } = require('./axe.js');
const { withPage } = require('./browser.js');
const { expect, ready, until } = require('./steps.js');

const [dist, file, pictures] = process.argv.slice(2);

const playhead = async (page) => Number(await page.locator('[data-field="playhead"]').getAttribute('data-t-ns'));

async function open(page, name) {
  await page.locator(`[data-example="${name}"]`).click();
  await page.locator(`[data-example="${name}"][aria-pressed="true"]`).waitFor();
  await ready(page, 'lab');
}

// Saves what a button offers, and gives the file's name and content.
async function saved(page, selector) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(selector).click()]);
  return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
}

// Drops a file on the page, as a hand would.
async function drop(page, name, bytes) {
  await page.evaluate(([n, data]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(data)], n));
    for (const kind of ['dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, [name, [...bytes]]);
}

async function everyExample(page) {
  const names = await page.locator('[data-example]').evaluateAll((all) => all.map((one) => one.dataset.example));
  for (const name of names) {
    await open(page, name);
    await page.locator('[data-plan] canvas[role="img"]').first().waitFor();
  }
  await page.locator('.gallery input').fill('blocking call');
  await page.locator('[data-example="one-blocking-call"]').waitFor();
  expect(await page.locator('[data-example]').count() < names.length, 'the search finds everything');
  await page.locator('.gallery input').fill('');
}

async function plans(page) {
  const add = async (text) => {
    await page.locator('input[name="plan"]').fill(text);
    await page.locator('.add button').click();
  };
  await add('fibres(8)');
  await page.locator('#plan-problem', { hasText: 'fibres' }).waitFor();
  await add('threads(23)@3.13t');
  const added = page.locator('[data-plan="threads(23)"][data-python="3.13t"]');
  await added.waitFor();
  await added.locator('button.plan').click();
  await page.locator('input[name="edit-plan"]').fill('threads(27)');
  await page.keyboard.press('Enter');
  await page.locator('[data-plan="threads(27)"]').waitFor();
  await page.locator('button[aria-label="Remove threads(27)"]').click();
  await page.locator('[data-plan="threads(27)"]').waitFor({ state: 'detached' });
  await page.locator('[data-do="undo"]').click();
  await page.locator('[data-plan="threads(27)"]').waitFor();
  await page.keyboard.press('Control+Shift+Z');
  await page.locator('[data-plan="threads(27)"]').waitFor({ state: 'detached' });
}

async function knobs(page) {
  await open(page, 'fetch-and-parse');
  const text = page.locator('[data-field="scenario"]');
  const names = await page.locator('[data-knob]').evaluateAll((all) => all.map((one) => one.dataset.knob));
  for (const name of names.filter((one) => one.startsWith('tasks.'))) {
    const before = await text.inputValue();
    const knob = page.locator(`[data-knob="${name}"]`);
    if (await knob.getAttribute('type') === 'checkbox') await knob.click();
    else await knob.fill(String((Number(await knob.inputValue()) + 90) % 1000));
    await until(page, (old) => document.querySelector('[data-field="scenario"]').value !== old, before);
    await ready(page, 'lab');
    await page.locator('[data-do="undo"]').click();
    await until(page, (old) => document.querySelector('[data-field="scenario"]').value === old, before);
  }
  // A key always moves a slider, however fine its places are.
  const count = page.locator('[data-knob="tasks.page.count"]');
  const before = await text.inputValue();
  await count.focus();
  await page.keyboard.press('ArrowRight');
  await until(page, (old) => document.querySelector('[data-field="scenario"]').value !== old, before);
  expect(names.length > 6, `there are only the knobs ${names}`);
  await page.locator('[data-knob="cores"]').fill('2');
  await page.locator('.facts', { hasText: '2 cores' }).waitFor();
  await page.locator('[data-knob="python"]').selectOption('3.12');
  await page.locator('[data-plan="asyncio"][data-python="3.12"]').waitFor();
  const bar = page.locator('[data-plan="sync"] .badge', { hasText: 'past the window' });
  await bar.waitFor();
  await page.locator('[data-do="log"]').click();
  await bar.waitFor({ state: 'detached' });
  await page.locator('[data-do="log"]').click();
  // The visitor's Python stays when another example is opened.
  await open(page, 'cpu-bound');
  expect(await page.locator('[data-knob="python"]').inputValue() === '3.12', 'the Python was forgotten');
  await page.locator('[data-knob="python"]').selectOption('3.14');
}

async function editor(page) {
  await open(page, 'fetch-and-parse');
  const field = page.locator('[data-field="scenario"]');
  await field.click();
  await page.locator('.cm-content[data-field="scenario"]').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('trilane = 1\nfoo = 2');
  await page.locator('[data-field="problems"] pre[data-line="2"]').waitFor();
  await page.locator('.cm-lintRange-error').first().waitFor();
  expect(await page.locator('[data-plan]').count(), 'the last good race is gone');
  await page.locator('[data-do="undo"]').click();
  await page.locator('[data-field="problems"] pre').first().waitFor({ state: 'detached' });
  await page.locator('.cm-content', { hasText: 'tasks.page' }).waitFor();
}

async function links(page) {
  await open(page, 'one-blocking-call');
  await page.locator('[data-plan="asyncio"] button[data-open]').click();
  await page.locator('.lanes canvas').waitFor();
  await until(page, () => location.hash.includes('s='));
  await page.locator('[data-do="share"]').click();
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await page.locator('[data-plan="asyncio"] .lanes canvas').waitFor();
  await page.goto('about:blank');
  await page.goto(`${link.split('#')[0]}#/lab?v=1&s=AAAA`);
  await page.locator('.notice', { hasText: 'cannot be read' }).waitFor();
  await page.locator('.notice button').click();
  await open(page, 'cpu-bound');
  await page.goBack();
  await page.locator('[data-example="cpu-bound"][aria-pressed="false"]').waitFor();
}

async function playing(page) {
  await open(page, 'fetch-and-parse');
  const told = page.locator('[data-field="narration"] .headline');
  await page.locator('[data-do="forward"]').click();
  await until(page, () => Number(document.querySelector('[data-field="playhead"]').dataset.tNs) > 0);
  const first = await playhead(page);
  await page.locator('[data-do="forward"]').click();
  await until(page, (ns) => Number(document.querySelector('[data-field="playhead"]').dataset.tNs) > ns, first);
  await page.locator('[data-do="back"]').click();
  await until(page, (ns) => Number(document.querySelector('[data-field="playhead"]').dataset.tNs) === ns, first);
  expect((await told.innerText()).length > 5, 'nothing is told');
  await page.locator('[data-do="rate"]').selectOption('10');
  await page.locator('[data-do="play"]').click();
  await until(page, () => {
    const scrub = document.querySelector('[data-field="playhead"]');
    return scrub.dataset.tNs === scrub.max;
  });
  await page.locator('[data-field="playhead"]').fill('100000000');
  // A slider has steps of its own.
  await page.locator(`[data-field="narration"][data-t-ns="${await playhead(page)}"]`).waitFor();
  await page.locator('[data-field="narration"] .counters dd').first().waitFor();
  await page.locator('[data-field="figures"] figure canvas').nth(1).waitFor();
  await lesson(page);
}

// A rule's name leads to its heading in Learn, and the browser's way back to the race.
async function lesson(page) {
  const rule = page.locator('.rule a').first();
  for (let moves = 0; moves < 9 && !await rule.count(); moves += 1) {
    const now = await playhead(page);
    await page.locator('[data-do="forward"]').click();
    await page.locator(`[data-field="narration"]:not([data-t-ns="${now}"])`).waitFor();
  }
  const [, chapter, heading] = (await rule.getAttribute('href')).match(/^#\/learn\/([^/]+)\/([^/]+)$/);
  await rule.click();
  await page.locator(`[data-chapter="${chapter}"] #at-${heading}`).waitFor();
  await page.goBack();
  await ready(page, 'lab');
  await page.locator('[data-field="narration"] .headline').waitFor();
}

async function lanes(page) {
  const row = page.locator('[data-plan="threads(8)"][data-python="3.14"]');
  await row.locator('button[data-open]').click();
  await page.locator('.lanes canvas').waitFor();
  const box = await page.locator('.lanes').boundingBox();
  const picked = page.locator('[data-field="selection"]');
  await page.mouse.click(box.x + box.width / 2, box.y + 60);
  await until(page, () => /ms|µs/.test(document.querySelector('[data-field="selection"]').innerText));
  const first = await picked.innerText();
  await page.keyboard.press('.');
  await until(page, (text) => document.querySelector('[data-field="selection"]').innerText !== text, first);
  await page.keyboard.press(',');
  await until(page, (text) => document.querySelector('[data-field="selection"]').innerText === text, first);
  await page.keyboard.press('m');
  await page.locator('.mark').waitFor();
  await page.keyboard.press('f');
  await page.keyboard.press('s');
  await page.locator('[data-do="all"]:enabled').waitFor();
  await page.keyboard.press('0');
  await page.locator('[data-do="all"]:disabled').waitFor();
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  await page.locator('.tip').waitFor();
  // Ctrl and the wheel zoom; the wheel alone scrolls the page.
  const scrolled = () => page.evaluate(() => scrollY);
  const before = await scrolled();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -300);
  await page.keyboard.up('Control');
  await page.locator('[data-do="all"]:enabled').waitFor();
  expect(await scrolled() === before, 'zooming scrolled the page');
  await page.mouse.wheel(0, 200);
  await until(page, (y) => scrollY !== y, before);
  await page.locator('[data-do="by-task"]').click();
  await page.locator('[data-do="by-task"][aria-pressed="true"]').waitFor();
  await page.locator('[data-do="events"]').click();
  await page.locator('[data-field="events"] tbody tr').nth(20).waitFor();
  await page.locator('#lanes').focus();
  await page.keyboard.press('?');
  await page.locator('[data-panel="keys"]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[data-panel="keys"]').waitFor({ state: 'detached' });
}

async function files(page) {
  await page.locator('[data-do="code"]').click();
  await page.locator('[data-field="code"] .k').first().waitFor();
  expect((await page.locator('[data-field="code"]').innerText()).includes('import'), 'there is no program');
  await page.keyboard.press('Escape');
  await page.locator('[data-do="export"]').click();
  const begins = {
    racesvg: '<svg', csv: 'plan,python', svg: '<svg', png: '\x89PNG', chrome: '{', perfetto: '\n', trace: 'TRLN',
  };
  let trace;
  for (const [kind, begin] of Object.entries(begins)) {
    const got = await saved(page, `[data-export="${kind}"]`);
    expect(got.bytes.toString('latin1').startsWith(begin), `${got.name} begins with ${got.bytes.subarray(0, 9)}`);
    if (kind === 'trace') trace = got;
  }
  await page.keyboard.press('Escape');
  await drop(page, trace.name, trace.bytes);
  await page.locator('[data-file]').waitFor();
  await page.locator('[data-file] .remove').click();
  await page.locator('[data-file]').waitFor({ state: 'detached' });
  const profile = path.join(__dirname, '../../crates/core/src/profile/data/3.12.toml');
  await drop(page, 'profile.toml', fs.readFileSync(profile));
  await page.locator('.notice', { hasText: 'Python 3.12 is now as on' }).waitFor();
  await page.locator('[data-plan="asyncio"][data-python="3.12"]').waitFor();
  await page.locator('.notice button').click();
  await page.locator('[data-do="undo"]').click();
  await page.locator('[data-plan="asyncio"][data-python="3.14"]').waitFor();
  await drop(page, 'mine.toml', Buffer.from('trilane = 1\ntitle = "Dropped"\n[tasks.a]\ncount = 5\nsteps = [{ io = "3ms" }]\n'));
  await page.locator('h1', { hasText: 'Dropped' }).waitFor();
  await drop(page, 'photo.png', Buffer.from([0x89, 0x50, 0xff]));
  await page.locator('.notice', { hasText: 'photo.png' }).waitFor();
  await page.locator('.notice button').click();
}

// A worker that dies is started anew, and that is said.
async function death(page) {
  await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error('gone'); }, 0); });
  await page.locator('.notice', { hasText: 'started anew' }).waitFor();
  await open(page, 'one-blocking-call');
  await page.locator('.notice').waitFor({ state: 'detached' });
}

async function look(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await ready(page, 'lab');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide <= 0, `${name} at ${width} px is ${wide} px too wide`);
      // Painted for this width, and not for the one before.
      await until(page, () => {
        const canvas = document.querySelector('article canvas');
        const room = document.querySelector('#room');
        return Math.abs(canvas.getBoundingClientRect().width - room.clientWidth) < 2;
      });
      await page.screenshot({ path: path.join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: width < 1000 });
    }
    await accessible(page, `${name} in ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function embedded(page) {
  const [base, hash] = page.url().split('#');
  await page.evaluate(([url]) => {
    document.body.innerHTML = '';
    globalThis.heights = [];
    addEventListener('message', (event) => event.data?.type === 'trilane:height' && globalThis.heights.push(event.data.height));
    const frame = document.createElement('iframe');
    frame.src = url;
    frame.title = 'A race';
    frame.width = 600;
    document.body.append(frame);
  }, [`${base}?embed#${hash ?? ''}`]);
  await page.frameLocator('iframe').locator('[data-plan] canvas').first().waitFor();
  expect(!await page.frameLocator('iframe').locator('header').count(), 'the frame has a header');
  await until(page, () => globalThis.heights.some((height) => height > 100));
}

async function use(page) {
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.evaluate(() => globalThis.trilane.ready);
  const answers = {};
  for (const { name, text, plans: wanted } of JSON.parse(fs.readFileSync(file, 'utf8'))) {
    answers[name] = await page.evaluate(([t, p]) => globalThis.trilane.simulate(t, p), [text, wanted]);
  }
  const parts = [everyExample, plans, knobs, editor, playing, lanes, files, links, death];
  for (const part of parts) {
    try {
      await part(page);
    } catch (error) {
      await page.screenshot({ path: path.join(pictures, `failed-${part.name}.png`) });
      error.message = `${part.name}: ${error.message}`;
      throw error;
    }
  }
  await look(page, 'lab');
  await open(page, 'fetch-and-parse');
  await page.locator('[data-field="playhead"]').fill('158000000');
  await page.locator('[data-plan="threads(8)"] button[data-open]').first().click();
  await page.locator('.lanes canvas').waitFor();
  await look(page, 'opened');
  await embedded(page);
  expect(!errors.length, errors.join('\n'));
  return answers;
}

withPage(dist, () => undefined, use).then(
  (answers) => console.log(JSON.stringify(answers)),
  (error) => {
    console.error(error.stack);
    process.exitCode = 1;
  },
);
