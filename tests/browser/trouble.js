// Opens the built page where not all is as it should be: without scripts, without WebAssembly, under
// another path, without storage, in a frame of another site, without or before its parts, by touch, with less
// motion, with too large a scenario.
//
//   node trouble.js DIST PICTURES
'use strict';

const fs = require('fs');
const path = require('path');

const { accessible } = require('./axe.js');
const { PATIENCE_MS, serve, withBrowser } = require('./browser.js');
const { expect, ready } = require('./steps.js');

const [dist, pictures] = process.argv.slice(2);

// Each part gets a page of its own, in a context with these options.
const PARTS = {
  async 'without scripts'(open) {
    const page = await open({ javaScriptEnabled: false });
    await page.locator('noscript p', { hasText: 'scripts are switched off' }).waitFor();
    await page.frameLocator('iframe').locator('h1', { hasText: 'Concurrency in Python' }).waitFor();
    await page.screenshot({ path: path.join(pictures, 'no-script.png') });
  },

  async 'without WebAssembly'(open) {
    const page = await open({}, () => { delete globalThis.WebAssembly; }, true);
    await page.locator('#no-wasm', { hasText: 'needs WebAssembly' }).waitFor();
    await page.locator('#no-wasm a').click();
    await page.locator('h1', { hasText: 'Concurrency in Python' }).waitFor();
    await accessible(page, 'the notes');
  },

  async 'under another path'(open, origin) {
    const page = await open({}, undefined, false, `${origin}/deep/er/`);
    await ready(page, 'lab');
    await page.locator('[data-do="forward"]').click();
    await page.locator('[data-field="narration"] .headline').waitFor();
    await page.locator('[data-field="scenario"]').click();
    await page.locator('.cm-content').waitFor();
    const lesson = await page.locator('.rule a').first().evaluate((link) => link.href);
    expect(lesson.startsWith(`${origin}/deep/er/#/learn/`), `the chapter is at ${lesson}`);
  },

  async 'without storage'(open) {
    const refuse = () => {
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(globalThis, name, { get() { throw new DOMException('no', 'SecurityError'); } });
      }
    };
    const page = await open({}, refuse);
    await ready(page, 'lab');
    await page.locator('.look').click();
    await page.locator('html[data-theme="light"]').waitFor();
  },

  async 'in a frame of another site'(open, origin) {
    const page = await open({}, undefined, false, `${origin}/host.html`);
    const frame = page.frameLocator('iframe');
    await frame.locator('[data-plan] canvas').first().waitFor();
    await frame.locator('[data-do="forward"]').click();
    await frame.locator('[data-field="narration"] .headline').waitFor();
    await page.waitForFunction(() => globalThis.heights.some((height) => height > 100));
  },

  async 'without its parts, for a while'(open, origin) {
    // A page for development is whole.
    if (!fs.readdirSync(dist).some((name) => name.startsWith('part-'))) return;
    const page = await open({}, undefined, true, 'about:blank');
    const parts = (url) => url.pathname.includes('/part-');
    await page.context().route(parts, (route) => route.abort());
    await page.goto(`${origin}/`);
    // The race needs none of them, and what is told of it does.
    await ready(page, 'lab');
    await page.locator('.notice', { hasText: 'could not be fetched' }).waitFor();
    await page.locator('[data-do="code"]').click();
    const again = page.locator('[data-do="fetch-again"]');
    await again.waitFor();
    await page.locator('[data-go="learn"]').click();
    await page.locator('[data-place="learn"][data-state="failed"]').waitFor();
    await accessible(page, 'a part that could not be fetched');
    await page.screenshot({ path: path.join(pictures, 'no-part.png') });
    await page.context().unroute(parts);
    await page.locator('main [data-do="fetch-again"]').click();
    await page.locator('[data-place="learn"][data-state="ready"]').waitFor();
    await page.locator('[data-go="lab"]').click();
    await again.click();
    await page.locator('[data-panel="code"]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-do="forward"]').click();
    await page.locator('[data-field="narration"] .headline').waitFor();
  },

  async 'quicker than what comes after the first race'(open, origin) {
    if (!fs.readdirSync(dist).some((name) => name.startsWith('part-'))) return;
    const parts = (url) => url.pathname.includes('/part-');
    const opened = (page) => page.locator('[data-example="convoy"][aria-pressed="true"]').waitFor();
    const page = await open({}, undefined, false, 'about:blank');
    let hand;
    const held = new Promise((resolve) => { hand = resolve; });
    await page.context().route(parts, async (route) => { await held; await route.continue(); });
    await page.goto(`${origin}/`);
    await ready(page, 'lab');
    // The click waits, and is not lost.
    await page.locator('[data-example="convoy"]').click();
    hand();
    await opened(page);
    await page.waitForFunction(() => location.hash.includes('&s='));
    const link = page.url();

    // An address that cannot be read yet stays, says so, and is followed when it can be.
    const later = await open({}, undefined, true, 'about:blank');
    const soon = (url) => url.pathname.includes('/part-soon');
    await later.context().route(soon, (route) => route.abort());
    await later.goto(link);
    await ready(later, 'lab');
    await later.locator('.notice', { hasText: 'cannot be read' }).waitFor();
    expect(later.url() === link, 'the address that could not be read is gone');
    await later.context().unroute(soon);
    await later.locator('[data-knob="cores"]').fill('2');
    await opened(later);
  },

  async 'by touch'(open) {
    const page = await open({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
    await ready(page, 'lab');
    await page.locator('[data-plan="threads(8)"] button[data-open]').first().tap();
    const canvas = page.locator('.lanes canvas');
    await canvas.waitFor();
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 200)];
    const touch = await page.context().newCDPSession(page);
    const fingers = (kind, by) => touch.send('Input.dispatchTouchEvent', {
      type: kind, touchPoints: by === undefined ? [] : [{ x: x - by, y, id: 1 }, { x: x + by, y, id: 2 }],
    });
    await fingers('touchStart', 20);
    for (const by of [30, 45, 60, 80]) await fingers('touchMove', by);
    await fingers('touchEnd');
    await page.locator('[data-do="all"]:enabled').waitFor();
    await canvas.tap();
    await page.waitForFunction(() => /ms|µs/.test(document.querySelector('[data-field="selection"]').innerText));
    await page.screenshot({ path: path.join(pictures, 'touch.png') });
  },

  async 'with less motion'(open) {
    const page = await open({ reducedMotion: 'reduce' });
    await ready(page, 'lab');
    await page.evaluate(() => {
      globalThis.seen = new Set();
      const head = document.querySelector('[data-field="playhead"]');
      new MutationObserver(() => globalThis.seen.add(head.dataset.tNs)).observe(head, { attributeFilter: ['data-t-ns'] });
    });
    await page.locator('[data-do="play"]').click();
    await page.waitForFunction(() => globalThis.seen.size >= 2);
    const times = await page.evaluate(() => [...globalThis.seen].map(Number));
    // At a tenth of real time, half a second is 50 ms.
    expect(times[1] - times[0] >= 50e6, `it moved by ${times[1] - times[0]} ns`);
  },

  async 'with too large a scenario'(open) {
    const page = await open({});
    await ready(page, 'lab');
    await page.locator('[data-field="scenario"]').click();
    await page.locator('.cm-content[data-field="scenario"]').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('trilane = 1\ntitle = "Large"\n[tasks.a]\ncount = 5000000\nsteps = [{ io = "1ms" }]\n');
    await page.locator('[data-outcome="refused"]', { hasText: 'trilane simulate' }).first().waitFor();
    await page.locator('[data-field="figures"]').waitFor({ state: 'detached' });
    await page.screenshot({ path: path.join(pictures, 'too-large.png') });
  },

  async 'with files that are wrong'(open) {
    const page = await open({});
    await ready(page, 'lab');
    const give = (name, text) => page.locator('input[type="file"]').setInputFiles({
      name, mimeType: 'application/octet-stream', buffer: Buffer.from(text),
    });
    await give('profile.toml', 'format = 1\npython = "3.12"\n');
    await page.locator('.notice', { hasText: 'profile.toml' }).waitFor();
    await give('cut.trilane', 'TRLN\x01\x02');
    await page.locator('[data-outcome="refused"]', { hasText: 'no trace that can be read' }).waitFor();
    await give('scenario.toml', 'trilane = 1\ntitle = "Wrong"\n[tasks.a]\ncuont = 3\n');
    await page.locator('[data-field="problems"] pre', { hasText: 'cuont' }).first().waitFor();
    expect(await page.locator('[data-plan] canvas').count(), 'the last good race is gone');
  },
};

async function main() {
  const server = await serve(dist, (wanted) => {
    if (wanted !== '/host.html') return wanted.startsWith('/deep/er/') ? fs.readFileSync(path.join(dist, wanted.slice(9) || 'index.html')) : undefined;
    const { port } = server.address();
    // `localhost` and 127.0.0.1 are different sites to a browser.
    return `<!doctype html><title>Host</title><link rel="icon" href="data:,"><script>heights=[];addEventListener('message',(e)=>heights.push(e.data.height))</script>
      <iframe src="http://localhost:${port}/?embed" width="600" title="A race"></iframe>`;
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  try {
    await withBrowser(async (browser) => {
      for (const [name, part] of Object.entries(PARTS)) {
        const complaints = [];
        const open = async (options, before, broken = false, url = `${origin}/`) => {
          const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
          context.setDefaultTimeout(PATIENCE_MS);
          const page = await context.newPage();
          page.on('pageerror', (error) => broken || complaints.push(String(error)));
          page.on('console', (message) => message.type() === 'error' && !broken && complaints.push(message.text()));
          if (before) await page.addInitScript(before);
          await page.goto(url);
          return page;
        };
        try {
          await part(open, origin);
          expect(!complaints.length, 'the page complains');
        } catch (error) {
          error.message = [`${name}: ${error.message}`, ...complaints].join('\n');
          throw error;
        } finally {
          for (const context of browser.contexts()) await context.close();
        }
      }
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

main().catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
