// Notes built by the programs that people write them with (`cargo xtask notes`), as their readers have them.
//
//   node notes.js NOTES PICTURES
//
// NOTES is target/notes; screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');

const { PATIENCE_MS, serve, withBrowser } = require('./browser.js');
const { expect } = require('./steps.js');

const [notes, pictures] = process.argv.slice(2);

// Pages of each sort, and how many elements they have.
const PAGES = {
  html: { '/index.html': 5 },
  mdbook: { '/gil.html': 2, '/more/asyncio.html': 1 },
  mkdocs: { '/index.html': 2 },
  sphinx: { '/index.html': 2 },
  quarto: { '/index.html': 3 },
};
const ELEMENTS = 'trilane-race,trilane-timeline,trilane-kitchen,trilane-choose,trilane-quiz';

// Every element of a page runs, in its place.
async function plays(page, count) {
  const all = page.locator(ELEMENTS);
  expect(await all.count() === count, `${await all.count()} elements`);
  for (let at = 0; at < count; at += 1) {
    const one = all.nth(at);
    await one.scrollIntoViewIfNeeded();
    await one.evaluate((element) => new Promise((resolve, reject) => {
      customElements.whenDefined(element.localName).then(() => element.ready).then(resolve);
      element.addEventListener('problem', ({ detail }) => reject(new Error(detail.problem)));
    }));
    expect(await one.locator('.widget[data-state="ready"]').count() === 1, 'an element shows nothing');
  }
}

// What is in an element stays there: nothing of the still picture runs out of it.
async function holds(page) {
  const text = await page.locator('body').innerText();
  expect(!text.includes(' on CPython ') && !text.includes('sockets in use'), 'the picture runs out of the element');
}

// Without scripts there is a picture or words, and no scenario as text.
async function stands(browser, url, isPicture) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  const first = page.locator(ELEMENTS).first();
  expect(await first.locator(isPicture ? 'svg' : 'em').first().isVisible(), 'nothing stands in the place of an element');
  expect(!(await page.locator('body').innerText()).includes('trilane = 1'), 'a scenario is shown as text');
  await context.close();
}

async function use(browser) {
  for (const [name, pages] of Object.entries(PAGES)) {
    const folder = path.join(notes, name);
    expect(fs.existsSync(folder), `${folder} is missing: build it with \`cargo xtask notes\``);
    const server = await serve(folder, (wanted) => (wanted.endsWith('favicon.ico') ? '' : undefined));
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
    context.setDefaultTimeout(PATIENCE_MS);
    try {
      for (const [address, count] of Object.entries(pages)) {
        const page = await context.newPage();
        const complaints = [];
        page.on('pageerror', (error) => complaints.push(String(error)));
        const url = `http://127.0.0.1:${server.address().port}${address}`;
        await page.goto(url);
        await plays(page, count);
        await holds(page);
        expect(!complaints.length, complaints.join('\n'));
        await page.evaluate(() => scrollTo(0, 0));
        const shot = `notes-${name}-${path.basename(address, '.html')}.png`;
        await page.screenshot({ path: path.join(pictures, shot), fullPage: true });
        await stands(browser, url, ['mdbook', 'quarto'].includes(name));
      }
    } catch (error) {
      const [page] = context.pages().slice(-1);
      await page?.screenshot({ path: path.join(pictures, `failed-notes-${name}.png`), fullPage: true });
      error.message = `${name}: ${error.message}`;
      throw error;
    } finally {
      await context.close();
      server.close();
      server.closeAllConnections();
    }
  }
}

withBrowser(use).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
