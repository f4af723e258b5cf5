// Trilane's elements and frame in other pages, of another origin than the page that they are built with.
//
//   node elements.js DIST NOTES PICTURES
//
// NOTES is examples/notes; screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const { accessible } = require('./axe.js');
const { PATIENCE_MS, serve, withBrowser } = require('./browser.js');
const { expect, lettered, listens, until } = require('./steps.js');

const [dist, notes, pictures] = process.argv.slice(2);

const SCENARIO = 'trilane = 1\ntitle = "t"\ncores = 4\n[tasks.a]\ncount = 8\nsteps = [{ cpu = "50ms" }]\n';
const BROKEN = 'trilane = 1\ntitle = "t"\n[tasks.a]\ncuont = 2\nsteps = [{ io = "1ms" }]\n';
const MANIFEST = JSON.parse(fs.readFileSync(path.join(dist, 'embed/v1/manifest.json')));
const MOST_BYTES = 10_000;

// What the other site answers: the page, open to all; and a host's pages, written here.
class Sites {
  async open(browser) {
    this.pages = new Map();
    this.headers = {};
    this.built = await serve(dist, () => undefined, { 'Access-Control-Allow-Origin': '*' });
    this.host = await serve(path.join(notes, 'html'), (wanted) => this.pages.get(wanted));
    this.home = `http://127.0.0.1:${this.built.address().port}`;
    // Another name of the same machine is another origin, and another site.
    this.origin = `http://localhost:${this.host.address().port}`;
    this.context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
    this.context.setDefaultTimeout(PATIENCE_MS);
    this.complaints = [];
  }

  // A page of the host with this in its body.
  async page(body, { head = '', script = true, query = '' } = {}) {
    const source = `${this.home}/embed/v1/${MANIFEST.script.slice(2)}`;
    const tag = script ? `<script type="module" src="${source}${query}" integrity="${MANIFEST.integrity}" crossorigin></script>` : '';
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Notes</title><link rel="icon" href="data:,">${head}${tag}<body><main><h1>Notes</h1>${body}</main>`;
    const name = `/${this.pages.size}.html`;
    this.pages.set(name, html);
    const page = await this.context.newPage();
    this.watch(page);
    await page.goto(this.origin + name);
    return page;
  }

  watch(page) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
  }

  close() {
    for (const server of [this.built, this.host]) {
      server?.close();
      server?.closeAllConnections();
    }
  }
}

const race = (attributes, inner = '') => `<trilane-race id="a" ${attributes}>${inner}</trilane-race>`;
const inline = `<script type="text/trilane">${SCENARIO}</script><p class="still">still</p>`;
// Its race was run; where it has a problem, that is what is told.
async function ready(page, id) {
  await page.evaluate((of) => {
    const element = document.getElementById(of);
    window.came ??= {};
    element.ready.then(() => { window.came[of] = 'ready'; });
    element.addEventListener('problem', ({ detail }) => { window.came[of] = detail.problem; });
  }, id);
  const came = await until(page, (of) => window.came[of], id).then((it) => it.jsonValue());
  expect(came === 'ready', came);
}
const time = (page, plan) => page.locator(`#a [data-plan="${plan}"]`).getAttribute('data-makespan-ns').then(Number);

async function small() {
  const script = fs.readFileSync(path.join(dist, 'embed/v1/trilane.js'));
  const packed = zlib.brotliCompressSync(script).length;
  expect(packed <= MOST_BYTES, `the script has ${packed} bytes under brotli, and may have ${MOST_BYTES}`);
}

async function lazily(sites) {
  const page = await sites.page(`<div style="height:3000px">far</div>${race('plans="sync, threads(8)"', inline)}
    <trilane-timeline id="b" example="web-scraping" plans="asyncio"></trilane-timeline>
    <trilane-kitchen id="c" example="three-kitchens" plans="threads(8)"></trilane-kitchen>
    <trilane-race id="d" example="cpu-bound"></trilane-race>`);
  const asked = () => page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
  await until(page, () => customElements.get('trilane-race'));
  // A turn of the window's observers, in which whoever is near would begin.
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); }));
  expect((await asked()).every((url) => /\/trilane-[0-9a-f]+\.js$/.test(url)), `fetched at once: ${await asked()}`);
  expect(await page.locator('#a > .still').isVisible(), 'the still picture is hidden before the widget is there');
  for (const id of ['a', 'b', 'c', 'd']) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await ready(page, id);
  }
  const files = (await asked()).filter((url) => url.endsWith('.wasm'));
  expect(files.some((url) => /\/trilane-[0-9a-f]+\.wasm$/.test(url)), 'the module was not fetched');
  expect(new Set(files).size === files.length, `the module or a part of it was fetched twice: ${files}`);
  expect(page.workers().length === 1, `there are ${page.workers().length} workers`);
  expect(!await page.locator('#a > .still').isVisible(), 'the still picture is shown beside the widget');
  expect(await time(page, 'threads(8)') > 400e6, 'eight sums took less than their sum');
  await page.close();
}

async function obeys(sites) {
  const page = await sites.page(race('plans="sync, threads(8)" knobs="tasks.a.count"', inline));
  await page.evaluate(() => {
    window.heard = [];
    for (const name of ['ready', 'play', 'pause', 'seek', 'changed', 'height', 'problem']) {
      document.getElementById('a').addEventListener(name, ({ type, detail }) => window.heard.push([type, detail]));
    }
  });
  await ready(page, 'a');
  const heard = (name) => until(page, (of) => window.heard.find(([type]) => type === of), name).then((it) => it.jsonValue());
  const [, told] = await heard('ready');
  expect(told.plans.length === 2 && told.plans[0].plan === 'sync' && told.plans[0].makespan_ns > 400e6, JSON.stringify(told));
  await until(page, () => window.heard.some(([type, { height }]) => type === 'height' && height > 100));
  await page.evaluate(() => document.getElementById('a').seek(100e6));
  await heard('seek');
  expect(await page.evaluate(() => document.getElementById('a').at) === 100e6, 'the playhead did not move');
  await page.evaluate(() => document.getElementById('a').play());
  await heard('play');
  await until(page, () => document.getElementById('a').at > 100e6);
  await page.evaluate(() => document.getElementById('a').pause());
  await heard('pause');
  // A knob is turned by keys, and the scenario with it.
  await page.locator('#a [data-knob]').focus();
  await page.keyboard.press('ArrowRight');
  const [, changed] = await heard('changed');
  expect(/count = 9/.test(changed.scenario), changed.scenario);
  expect(await page.evaluate(() => document.getElementById('a').scenario) === changed.scenario, 'another scenario than was told');
  const before = await time(page, 'sync');
  await page.evaluate((text) => { document.getElementById('a').scenario = text; }, SCENARIO.replace('count = 8', 'count = 20'));
  await until(page, (old) => Number(document.getElementById('a').shadowRoot.querySelector('[data-plan="sync"]')?.dataset.makespanNs) > old * 1.5, before);
  // Moved in the page it goes on; taken away it leaves nothing that fails.
  await page.evaluate(() => document.querySelector('main').append(document.getElementById('a')));
  await page.locator('#a [data-plan="sync"]').waitFor();
  await page.evaluate(() => document.getElementById('a').remove());
  await page.close();
}

async function guesses(sites) {
  const page = await sites.page(`<trilane-quiz id="a" example="gather-is-not-parallel" plans="sync; asyncio" claim="It is parallel." question="How long?" why="It is not."></trilane-quiz>
    <trilane-choose id="b"></trilane-choose>`);
  await ready(page, 'a');
  expect(await page.locator('#a [data-plan]').count() === 0, 'the answer is shown before the guess');
  await page.locator('#a input[name="guess"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.locator('#a .of-answer').waitFor();
  await page.locator('#a .why', { hasText: 'It is not.' }).waitFor();
  expect(await page.evaluate(() => localStorage.length) === 0, 'something was kept on the host');
  // It answers what comes before it as well.
  await page.locator('#b [data-ask="library"][data-answer="yes"]').click();
  const link = await page.locator('#b [data-field="advice"] a').getAttribute('href');
  expect(link.startsWith(`${sites.home}/#/`), `the way to the race is ${link}`);
  await page.close();
}

// Wheel and keys are the host's.
async function politely(sites) {
  const page = await sites.page(`<trilane-timeline id="a" example="web-scraping" plans="threads(8)"></trilane-timeline><div style="height:4000px">far</div>`);
  await ready(page, 'a');
  await page.locator('#a canvas').first().waitFor();
  const box = await page.locator('#a article[data-plan]').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height, 300) / 2);
  await page.mouse.wheel(0, 300);
  await until(page, () => scrollY > 0);
  await page.evaluate(() => { scrollTo(0, 0); window.taken = 0; addEventListener('keydown', (event) => { window.taken += event.defaultPrevented; }); });
  for (const key of ['w', 's', ' ', 'ArrowLeft', 'f']) await page.keyboard.press(key);
  expect(await page.evaluate(() => window.taken) === 0, 'a key of the host was taken');
  // Out of sight it stands.
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => document.getElementById('a').play());
  await until(page, () => document.getElementById('a').playing);
  await page.evaluate(() => scrollTo(0, 4000));
  await until(page, () => !document.getElementById('a').playing);
  await page.close();
}

async function dresses(sites) {
  const page = await sites.page(race('plans="sync"', inline), { head: '<style>body{background:#fff}.dark{background:#111}:root{--trilane-accent:#7a3e9d}p{color:red}</style>' });
  await ready(page, 'a');
  const look = (wanted) => until(page, (is) => document.getElementById('a').shadowRoot.querySelector('[data-look]').dataset.look === is, wanted);
  const style = (of, name) => page.locator(`#a ${of}`).first().evaluate((element, key) => getComputedStyle(element).getPropertyValue(key), name);
  await look('light');
  expect((await style('[data-look]', '--accent')).trim() === '#7a3e9d', 'the host\'s colour was not taken');
  // The host's own rules stay outside.
  expect(await style('.held', 'color') !== 'rgb(255, 0, 0)', 'a rule of the host came in');
  await page.evaluate(() => { document.body.className = 'dark'; });
  await look('dark');
  await page.evaluate(() => document.getElementById('a').setAttribute('theme', 'light'));
  await look('light');
  await page.evaluate(() => document.getElementById('a').setAttribute('lang', 'de'));
  await page.close();
  const german = await sites.page(`${race('lang="en" plans="threads(8)"', inline)}<trilane-race id="b" lang="de" example="one-at-a-time" plans="sync"></trilane-race>`);
  await ready(german, 'a');
  await german.locator('#a [data-do="play"]', { hasText: 'Play' }).waitFor();
  await listens(german);
  await german.evaluate(() => document.getElementById('a').setAttribute('lang', 'de'));
  await german.locator('#a [data-do="play"]', { hasText: 'Abspielen' }).waitFor();
  await lettered(german, ['Threads']);
  // An example's title is its caption, where nothing else is said.
  await german.locator('#b .caption', { hasText: 'Thread führt Python aus' }).waitFor();
  await german.close();
}

async function trouble(sites) {
  const page = await sites.page(`${race('plans="sync"', `<script type="text/trilane">${BROKEN}</script>`)}
    <trilane-race id="b" src="nothing.toml"></trilane-race>
    <trilane-race id="c" v="9" example="cpu-bound"></trilane-race>
    <trilane-race id="d" example="cpu-bound" plans="treads(8)"></trilane-race>
    <trilane-race id="e" example="cpu-bound" plans="sync" v="1"></trilane-race>`);
  const told = (id, words) => page.locator(`#${id} [role="alert"]:visible`, { hasText: words }).waitFor();
  await told('a', 'line:4:1');
  await told('b', '404');
  await told('c', 'version 1');
  await told('d', 'plans');
  await ready(page, 'e');
  // The missing file is told in the console too, by the browser itself.
  sites.complaints = sites.complaints.filter((one) => !one.includes('404'));
  // Mended, it runs.
  await page.evaluate((text) => { document.getElementById('a').scenario = text; }, SCENARIO);
  await page.locator('#a [data-plan="sync"]').waitFor();
  await page.close();
}

async function twice(sites) {
  const page = await sites.page(race('plans="sync"', inline), { head: `<script type="module" src="${sites.home}/embed/v1/trilane.js"></script>` });
  await ready(page, 'a');
  expect(await page.locator('#a [data-plan="sync"]').count() === 1, 'it is shown twice');
  await page.close();
}

// Whoever has no scripts sees what the host wrote; whoever prints, a still picture.
async function still(sites, browser) {
  const page = await sites.page(race('plans="sync, threads(8)"', inline));
  await ready(page, 'a');
  await page.emulateMedia({ media: 'print' });
  expect(!await page.locator('#a .transport').isVisible(), 'buttons are printed');
  expect(await page.locator('#a canvas').first().isVisible(), 'no picture is printed');
  const [url] = [page.url()];
  await page.close();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(url);
  await plain.locator('#a > .still').waitFor();
  await context.close();
}

// A host that allows no more than it must: the policy of docs/EMBED.md.
async function strictly(sites) {
  const policy = `default-src 'none'; script-src ${sites.home} 'wasm-unsafe-eval'; connect-src ${sites.home}; worker-src blob:; style-src 'unsafe-inline'; img-src data:`;
  const page = await sites.page(race('plans="sync"', inline), { head: `<meta http-equiv="Content-Security-Policy" content="${policy}">` });
  await ready(page, 'a');
  await page.close();
}

async function frames(sites) {
  const source = `${sites.home}/embed/v1/#kind=race&example=web-scraping&plans=sync,threads(8),asyncio`;
  const page = await sites.page(`<iframe id="f" data-trilane title="A race" src="${source}" style="width:100%;height:90px"></iframe>`);
  const frame = page.frameLocator('#f');
  await frame.locator('[data-plan="asyncio"]').waitFor();
  await until(page, () => document.getElementById('f').clientHeight > 300);
  // As high as what is in it, and no higher for whoever only says so.
  const [inner, outer] = [await frame.locator('html').evaluate((root) => root.scrollHeight), await page.locator('#f').evaluate((one) => one.clientHeight)];
  expect(Math.abs(inner - outer) <= 2, `${outer} px for ${inner} px`);
  await page.evaluate(() => postMessage({ type: 'trilane:height', height: 5000 }, '*'));
  await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve); }));
  expect(await page.locator('#f').evaluate((one) => one.clientHeight) === outer, 'a stranger set the height');
  // It answers whoever pings, and follows its own height down again.
  const answer = await page.evaluate(() => new Promise((resolve) => {
    const one = document.getElementById('f');
    addEventListener('message', ({ source: from, data }) => from === one.contentWindow && data.pong && resolve(data));
    one.contentWindow.postMessage({ type: 'trilane:ping', v: 1 }, new URL(one.src).origin);
  }));
  expect(answer.type === 'trilane:ready' && answer.v === 1 && answer.height > 300, JSON.stringify(answer));
  // Where storage is refused nothing is missed.
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } });
  });
  await page.reload();
  await frame.locator('[data-plan="asyncio"]').waitFor();
  // In a tab of its own it has browsers ask for no icon that is not there, and so have the notes.
  for (const address of [source, `${sites.home}/notes.html`]) {
    await page.goto(address);
    expect(await page.locator('link[rel="icon"]').count() === 1, `${address} names no icon`);
  }
  await page.close();
}

// The example of plain HTML, as its reader has it.
async function example(sites) {
  const page = await sites.context.newPage();
  sites.watch(page);
  await page.route('**/trilane/**', (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ path: path.join(dist, pathname.slice('/trilane/'.length)) });
  });
  await page.route('**/favicon.ico', (route) => route.fulfill({ body: '' }));
  await page.goto(`${sites.origin}/`);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 768, 360]) {
      await page.setViewportSize({ width, height: 900 });
      for (const kind of ['race', 'timeline', 'kitchen', 'quiz', 'choose']) {
        const one = page.locator(`trilane-${kind}`);
        await one.scrollIntoViewIfNeeded();
        await one.evaluate((element) => element.ready);
      }
      await until(page, () => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
      await page.screenshot({ path: path.join(pictures, `elements-${width}-${colorScheme}.png`), fullPage: true });
    }
    await accessible(page, `the example in ${colorScheme}`);
  }
  await page.close();
}

// The page's own place with the snippets: what it shows is what they say, and what is copied works elsewhere.
async function offers(sites) {
  const page = await sites.context.newPage();
  sites.watch(page);
  await page.route('**/favicon.ico', (route) => route.fulfill({ body: '' }));
  await page.goto(`${sites.home}/#/embed`);
  await page.locator('[data-place="embed"][data-state="ready"]').waitFor();
  await page.locator('trilane-race [data-plan]').first().waitFor();
  await page.locator('select[name="theme"]').selectOption('dark');
  await until(page, () => document.querySelector('trilane-race').shadowRoot.querySelector('[data-look]').dataset.look === 'dark');
  await page.locator('fieldset input[type="checkbox"]').first().check();
  await page.locator('trilane-race [data-knob]').waitFor();
  await page.locator('select[name="kind"]').selectOption('kitchen');
  await page.locator('trilane-kitchen .kitchens svg').first().waitFor();
  await page.locator('[data-do="language"]').selectOption('de');
  await page.locator('main[lang="de"] h1', { hasText: 'in deinen Notizen' }).waitFor();
  await page.locator('trilane-kitchen .kitchens text', { hasText: 'Steckdosen' }).first().waitFor();
  // It begins where something is to be seen.
  expect(await page.locator('trilane-kitchen .kitchens [data-key^="thread-"]').count() > 0, 'the kitchen is empty');
  await accessible(page, 'the Embed place in German');
  await page.locator('[data-do="language"]').selectOption('en');
  await page.locator('main[lang="en"]').waitFor();
  const snippet = (name) => page.locator(`[data-snippet="${name}"] pre`).innerText();
  // The Lab was never shown: the frame is called by its scenario all the same.
  expect(/ title="[^"]{3,}"/.test(await snippet('iframe')), await snippet('iframe'));
  const element = await snippet('element');
  expect(element.includes(MANIFEST.integrity) && element.includes('<trilane-kitchen') && element.includes('theme="dark"'), element);
  expect((await snippet('block')).includes('widget = "kitchen"'), 'the block shows something else');
  const body = `${element}${(await snippet('iframe')).replace('<iframe', '<iframe id="f"')}`;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of [[1440, 900], [768, 1024], [360, 780]]) {
      await page.setViewportSize({ width, height });
      await until(page, () => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
      await page.screenshot({ path: path.join(pictures, `embed-${width}-${colorScheme}.png`) });
    }
    await accessible(page, `the Embed place in ${colorScheme}`);
  }
  await page.close();
  const host = await sites.page(body, { script: false });
  await host.locator('trilane-kitchen .kitchens svg').first().waitFor();
  // A lazy frame waits until somebody comes near.
  await host.locator('#f').scrollIntoViewIfNeeded();
  await host.frameLocator('#f').locator('.kitchens svg').first().waitFor();
  await host.close();
}

async function use(browser) {
  const sites = new Sites();
  await sites.open(browser);
  try {
    for (const part of [small, lazily, obeys, guesses, politely, dresses, trouble, twice, still, strictly, frames, offers, example]) {
      try {
        await part(sites, browser);
        expect(!sites.complaints.length, 'the page complains');
      } catch (error) {
        const [page] = sites.context.pages().slice(-1);
        await page?.screenshot({ path: path.join(pictures, `failed-elements-${part.name}.png`), fullPage: true });
        error.message = [`${part.name}: ${error.message}`, ...sites.complaints].join('\n');
        throw error;
      }
    }
  } finally {
    sites.close();
  }
}

withBrowser(use).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
