// Opens the built page and asks it for races, or uses the Lab as a visitor would.
//
//   node lab.js DIST QUESTIONS
//
// QUESTIONS is a JSON file of `{ name, text, plans }`. Prints a JSON object: the page's answer by name.
'use strict';

const fs = require('fs');
const path = require('path');

const { withPage } = require('./browser.js');

const [dist, file, pictures] = process.argv.slice(2);

async function use(page) {
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.evaluate(() => globalThis.trilane.ready);
  const answers = {};
  for (const { name, text, plans } of JSON.parse(fs.readFileSync(file, 'utf8'))) {
    answers[name] = await page.evaluate(([t, p]) => globalThis.trilane.simulate(t, p), [text, plans]);
  }
  const ready = page.locator('[data-place="lab"][data-state="ready"]');
  const names = await page.locator('[data-example]').evaluateAll((all) => all.map((one) => one.dataset.example));
  for (const name of names) {
    await page.locator(`[data-example="${name}"]`).click();
    await page.locator(`[data-example="${name}"][aria-pressed="true"]`).waitFor();
    await ready.waitFor();
    if (!await page.locator('[data-plan] canvas[role="img"]').count()) throw new Error(`${name} shows no race`);
  }
  // What is wrong with a text is told, and the last good race stays.
  const field = page.locator('[data-field="scenario"]');
  const good = await field.inputValue();
  await field.fill('trilane = 1\nfoo = 2');
  await page.locator('[data-field="problems"] pre').first().waitFor();
  if (!await page.locator('[data-plan]').count()) throw new Error('the last good race is gone');
  await field.fill(good);
  await page.locator('[data-field="problems"] pre').waitFor({ state: 'detached' });
  // Plans.
  const plan = async (text) => {
    await page.locator('input[name="plan"]').fill(text);
    await page.locator('.add button').click();
  };
  await plan('fibres(8)');
  await page.locator('#plan-problem', { hasText: 'fibres' }).waitFor();
  await plan('threads(23)@3.13t');
  await page.locator('[data-plan="threads(23)"][data-python="3.13t"]').waitFor();
  await page.locator('button[aria-label="Remove threads(23)"]').click();
  await page.locator('[data-plan="threads(23)"]').waitFor({ state: 'detached' });
  // A link brings everything back; a broken one says so.
  await plan('threads(29)');
  await page.locator('[data-plan="threads(29)"]').waitFor();
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await page.locator('[data-plan="threads(29)"]').waitFor();
  await page.goto('about:blank');
  await page.goto(`${link.split('#')[0]}#/lab?v=1&s=AAAA`);
  await page.locator('.notice', { hasText: 'cannot be read' }).waitFor();
  await page.locator('.notice button').click();
  // A worker that dies is started anew, and that is said.
  await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error('gone'); }, 0); });
  await page.locator('.notice', { hasText: 'started anew' }).waitFor();
  await page.locator('[data-example="one-blocking-call"]').click();
  await page.locator('.notice').waitFor({ state: 'detached' });
  await ready.waitFor();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await ready.waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) throw new Error(`at ${width} px the page is ${wide} px too wide`);
      await page.screenshot({ path: path.join(pictures, `lab-${width}-${colorScheme}.png`), fullPage: width < 1000 });
    }
  }
  if (errors.length) throw new Error(errors.join('\n'));
  return answers;
}

withPage(dist, () => undefined, use).then(
  (answers) => console.log(JSON.stringify(answers)),
  (error) => {
    console.error(error.stack);
    process.exitCode = 1;
  },
);
