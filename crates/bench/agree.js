// Calibrates headless Chromium and runs scenarios for real in it, one after another, as it is told.
//
//   node agree.js DIST
//
// Prints a line of JSON first, `{ profile, cores }`, and then one for each line `{ name, text, plans, repeat,
// limit_ms }` that it reads: `{ document }`, or `{ failed }` with why there is none. What does not end within its
// limit is ended with its page, and the next case gets a new one.
'use strict';

const readline = require('readline');

const { ISOLATED, serve, withBrowser } = require('../../tests/browser/browser.js');

const [dist] = process.argv.slice(2);
const CALIBRATION_MS = 180_000;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

// What it gives, or an error if that takes too long: nothing in a browser that hangs tells so by itself.
function within(limitMs, what) {
  let timer;
  const over = new Promise((_, reject) => {
    const why = `it did not end within ${Math.round(limitMs / 1000)} s`;
    timer = setTimeout(() => reject(new Error(why)), limitMs);
  });
  // Whichever comes second is heard by nobody.
  what.catch(() => undefined);
  return Promise.race([what, over]).finally(() => clearTimeout(timer));
}

// The page, in a context of its own, which keeps a profile of its browser.
async function open(browser, origin, profile) {
  const context = await browser.newContext();
  try {
    if (profile) await context.addInitScript((text) => localStorage.setItem('trilane.browser', text), profile);
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    await page.evaluate(() => trilane.ready);
    return { context, page };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function main(browser) {
  const server = await serve(dist, () => undefined, ISOLATED);
  const origin = `http://127.0.0.1:${server.address().port}`;
  try {
    let { context, page } = await open(browser, origin);
    const calibrated = page.evaluate(() => trilane.calibrate());
    const profile = await within(CALIBRATION_MS, calibrated);
    say({ profile, cores: await page.evaluate(() => navigator.hardwareConcurrency) });
    for await (const line of readline.createInterface({ input: process.stdin })) {
      const { name, text, plans, repeat, limit_ms: limitMs } = JSON.parse(line);
      console.error(`    ${name}: ${plans.join(', ')}`);
      try {
        const measured = page.evaluate(
          ([text, plans, repeat]) => trilane.measure(text, plans, { repeat }), [text, plans, repeat],
        );
        say({ document: JSON.parse(await within(limitMs, measured)) });
      } catch (error) {
        say({ failed: error.message.split('\n')[0] });
        await context.close();
        ({ context, page } = await open(browser, origin, profile));
      }
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

withBrowser(main).catch((error) => { console.error(error); process.exit(1); });
