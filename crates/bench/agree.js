// Calibrates headless Chromium, runs scenarios for real in it, and prints what was predicted beside what was
// measured.
//
//   node agree.js DIST WORK
//
// WORK is a JSON file of `{ repeat, cases: [{ name, text, plans }] }`. Prints `{ profile, documents }`.
'use strict';

const fs = require('fs');

const { ISOLATED, serve, withBrowser } = require('../../tests/browser/browser.js');

const [dist, file] = process.argv.slice(2);

async function main(browser) {
  const { repeat, cases } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const server = await serve(dist, () => undefined, ISOLATED);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate(() => trilane.ready);
    const profile = await page.evaluate(() => trilane.calibrate());
    const documents = {};
    for (const { name, text, plans } of cases) {
      console.error(`    ${name}`);
      const json = await page.evaluate(
        ([text, plans, repeat]) => trilane.measure(text, plans, { repeat }), [text, plans, repeat],
      );
      documents[name] = JSON.parse(json);
    }
    console.log(JSON.stringify({ profile, documents }));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

withBrowser(main).catch((error) => { console.error(error); process.exit(1); });
