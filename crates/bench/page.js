// Measures the built page in headless Chromium, and the simulator in it beside the native one.
//
//   node page.js DIST BINARY WORK
//
// BINARY is `time` of this package, WORK a JSON file: `{ race: { text, plans }, trace: { text, plan },
// speed: [{ n, text, plan, times }], rounds }`. Prints a line of JSON, all times in ms. What the page does not
// have is null.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const { execFileSync } = require('child_process');

const { withPage } = require('../../tests/browser/browser.js');

const [dist, binary, file] = process.argv.slice(2);
const work = JSON.parse(fs.readFileSync(file, 'utf8'));

const READY = '[data-place="lab"][data-state="ready"]';

// As web/src/link.rs writes it.
function hash(text, plans) {
  const packed = zlib.deflateRawSync(JSON.stringify({ t: text, p: plans, y: '3.14' }));
  return `#/lab?v=1&s=${packed.toString('base64url')}`;
}

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => sorted(list)[list.length >> 1];

async function show(page, text, plans) {
  const base = page.url().split('#')[0];
  await page.goto('about:blank');
  await page.goto(base + hash(text, plans));
  await page.waitForFunction(() => globalThis.trilane?.ready.then(() => true));
  await page.locator(READY).waitFor();
  await page.locator('[data-plan][data-makespan-ns]').first().waitFor();
}

// From the last byte of the first load to `trilane.ready`, each time in a fresh page.
async function starts(page) {
  await page.addInitScript(() => {
    let held;
    Object.defineProperty(globalThis, 'trilane', {
      configurable: true,
      get: () => held,
      set(value) {
        held = value;
        value.ready.then(() => { globalThis.readyAt = performance.now(); });
      },
    });
  });
  const all = [];
  for (let round = 0; round < work.rounds; round += 1) {
    await page.reload();
    await page.waitForFunction(() => globalThis.readyAt);
    all.push(await page.evaluate(() => {
      const loaded = performance.getEntriesByType('resource').filter((one) => one.responseEnd < globalThis.readyAt);
      return globalThis.readyAt - Math.max(...loaded.map((one) => one.responseEnd));
    }));
  }
  return { ready: median(all) };
}

// Frames from now on: the time from each to the next, and tasks that Chromium calls long.
async function watch(page) {
  await page.evaluate(() => {
    const seen = { frames: [], tasks: [], on: true };
    globalThis.seen = seen;
    let last;
    const frame = (now) => {
      if (last !== undefined) seen.frames.push(now - last);
      last = now;
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    seen.observer = new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((one) => one.duration)));
    seen.observer.observe({ type: 'longtask' });
  });
  return () => page.evaluate(() => {
    globalThis.seen.on = false;
    globalThis.seen.observer.disconnect();
    return { frames: globalThis.seen.frames, tasks: globalThis.seen.tasks };
  });
}

const frames = (seen) => ({
  count: seen.frames.length, median: median(seen.frames), longest: Math.max(...seen.frames), task: Math.max(0, ...seen.tasks),
});

// A knob that changes what a task costs, or any other.
async function knob(page) {
  const names = await page.locator('input[type="range"][data-knob]').evaluateAll((all) => all.map((one) => one.dataset.knob));
  const name = names.find((one) => one.includes('cpu')) ?? names[0];
  return name === undefined ? null : page.locator(`input[type="range"][data-knob="${name}"]`);
}

// A knob is dragged to and fro by the mouse.
async function drag(page) {
  const slider = await knob(page);
  if (!slider) return null;
  await slider.scrollIntoViewIfNeeded();
  const all = { frames: [], tasks: [] };
  for (let round = 0; round < work.rounds; round += 1) {
    const box = await slider.boundingBox();
    const at = (share) => [box.x + 8 + (box.width - 16) * share, box.y + box.height / 2];
    await page.mouse.move(...at(0.5));
    await page.mouse.down();
    const stop = await watch(page);
    for (let step = 0; step <= 60; step += 1) {
      await page.mouse.move(...at(0.5 + 0.3 * Math.sin((step / 30) * Math.PI)));
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    const seen = await stop();
    await page.mouse.up();
    await page.locator(READY).waitFor();
    all.frames.push(...seen.frames);
    all.tasks.push(...seen.tasks);
  }
  return frames(all);
}

// From a knob's single move to the rows with the new result.
async function turn(page) {
  const slider = await knob(page);
  if (!slider) return null;
  const times = [];
  await slider.focus();
  for (let move = 0; move < 4 * work.rounds; move += 1) {
    await page.locator(READY).waitFor();
    await slider.evaluate((input) => {
      const place = document.querySelector('[data-place]');
      const rows = () => [...document.querySelectorAll('[data-plan]')].map((one) => one.dataset.makespanNs).join();
      const before = rows();
      globalThis.turned = new Promise((resolve) => {
        let from;
        input.addEventListener('input', (event) => { from = event.timeStamp; }, { once: true });
        const observer = new MutationObserver(() => {
          if (place.dataset.state !== 'ready' || rows() === before) return;
          observer.disconnect();
          resolve(performance.now() - from);
        });
        observer.observe(document.body, { subtree: true, attributes: true, childList: true, characterData: true });
      });
    });
    await page.keyboard.press(move % 8 < 4 ? 'ArrowRight' : 'ArrowLeft');
    times.push(await page.evaluate(() => globalThis.turned));
  }
  return { median: median(times), longest: Math.max(...times) };
}

// An opened row of many spans is panned and zoomed by its keys, a key a frame.
async function opened(page) {
  const from = Date.now();
  await show(page, work.trace.text, [work.trace.plan]);
  const open = page.locator('[data-plan] button[data-open]').first();
  if (!await open.count()) return null;
  await open.click();
  await page.locator('[data-plan] button[data-open][aria-expanded="true"]').waitFor();
  const picture = page.locator('[data-plan].open canvas, [data-plan] [aria-expanded="true"] ~ * canvas').first();
  await picture.waitFor();
  await page.locator(READY).waitFor();
  const shown = Date.now() - from;
  await picture.hover();
  const press = async (keys) => {
    const stop = await watch(page);
    for (let count = 0; count < 90; count += 1) {
      await page.keyboard.press(keys[count % keys.length]);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    return frames(await stop());
  };
  const zoom = await press([...'wwwwwwwwwwwwwwwwwwwwwwwwwwwwww', ...'sssssssssssssss']);
  const pan = await press([...'ddddddddddddddd', ...'aaaaaaaaaaaaaaa']);
  return { shown, zoom, pan };
}

// The same simulation on the page, in its worker, and natively: in turn, the least of each. Short ones are asked for
// several times in one question, since it is the simulator that is compared, and not a message to a worker.
async function speeds(page) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trilane-page-'));
  try {
    const all = [];
    for (const { n, text, plan, times } of work.speed) {
      const plans = Array(times).fill(plan);
      const scenario = path.join(folder, 'work.toml');
      fs.writeFileSync(scenario, text);
      let [wasm, native] = [Infinity, Infinity];
      for (let round = 0; round < work.rounds; round += 1) {
        native = Math.min(native, JSON.parse(execFileSync(binary, ['simulate', scenario, ...plans])).ms);
        wasm = Math.min(wasm, await page.evaluate(async ([given, plans]) => {
          let least = Infinity;
          const begun = performance.now();
          do {
            const from = performance.now();
            await globalThis.trilane.simulate(given, plans);
            least = Math.min(least, performance.now() - from);
          } while (performance.now() - begun < 400);
          return least;
        }, [text, plans]));
      }
      all.push({ n, plan, native: native / times, wasm: wasm / times });
    }
    return all;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function measure(page) {
  const agent = await page.evaluate(() => navigator.userAgent);
  const start = await starts(page);
  await show(page, work.race.text, work.race.plans);
  const result = { agent, start, drag: await drag(page), turn: await turn(page), speed: await speeds(page) };
  return { ...result, opened: await opened(page) };
}

withPage(dist, () => undefined, measure).then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    console.error(error.stack);
    process.exitCode = 1;
  },
);
