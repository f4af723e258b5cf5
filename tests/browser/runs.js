// Runs plans for real in the browser, and holds what they give to what a run is: which worker did what,
// what never overlaps, what is told of what cannot be run.
//
//   node runs.js DIST PICTURES TRACES
//
// In TRACES it leaves those of CPU work under some plans, `PLAN@PYTHON.trilane`: for whoever looks which worker did
// what, and when.
'use strict';

const fs = require('fs');
const path = require('path');

const { ISOLATED, PATIENCE_MS, serve, withBrowser } = require('./browser.js');

const [dist, pictures, traces] = process.argv.slice(2);

const CPU = 'trilane = 1\ntitle = "cpu"\n[tasks.a]\ncount = 4\nsteps = [ { cpu = "40ms" } ]\n';
const MIXED = `trilane = 1
title = "mixed"
[tasks.a]
count = 6
input = "64kB"
output = "4kB"
steps = [ { io = "15ms" }, { io = "5ms", blocking = true }, { cpu = "3ms" }, { native = "2ms" } ]
[tasks.b]
count = 2
after = ["a"]
steps = [
  { lock = "db", steps = [ { io = "4ms" } ] }, { put = "q" }, { get = "q" },
  { gather = [ [ { io = "3ms" } ], [ { cpu = "1ms" } ] ] },
  { timeout = "6ms", steps = [ { io = "1s" } ] },
]
[resources]
db = { permits = 1 }
q = { capacity = 0 }
`;

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// Opens the page in a context of its own, and gives what it complained of with what `use` gives.
async function withLab(browser, origin, use, serviceWorkers = 'block') {
  const context = await browser.newContext({ serviceWorkers, viewport: { width: 1440, height: 1000 } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  try {
    await page.goto(`${origin}/`);
    await page.locator('[data-place="lab"][data-state="ready"]').waitFor();
    const result = await use(page, origin);
    check(!complaints.length, `the page complained:\n${complaints.join('\n')}`);
    return result;
  } finally {
    await context.close();
  }
}

async function measure(page, text, plans, options = {}) {
  const json = await page.evaluate(
    ([text, plans, options]) => trilane.measure(text, plans, options), [text, plans, options],
  );
  return JSON.parse(json);
}

function run(document, plan, python = 'browser') {
  const named = (one) => one.plan.replace(', start=spawn', '');
  const found = document.runs.find((one) => named(one) === plan && one.python === python);
  check(found, `no run of ${plan} on ${python} in ${JSON.stringify(document)}`);
  check(found.origin === 'measured' && found.outcome === 'completed', `${plan}: ${JSON.stringify(found)}`);
  check(found.finished === found.tasks, `${plan} lost tasks: ${JSON.stringify(found)}`);
  return found;
}

// Seconds of cores at work: more than one core cannot be busy on one thread, and on two workers with as much
// work each, it must be more than one as long as the machine has two.
const busy = (found) => found.cores_busy;

async function isolated(page) {
  check(await page.evaluate(() => crossOriginIsolated), 'the page is not isolated');
  const plans = [
    'sync', 'asyncio', 'threads(2)@nogil', 'threads(2)@gil', 'processes(2)', 'asyncio+processes(2)',
  ];
  const heard = await page.evaluate(async ([text, plans]) => {
    const heard = [];
    const json = await trilane.measure(text, plans, { repeat: 2, progress: (share, words) => heard.push([share, words]) });
    return { json, heard };
  }, [CPU, plans]);
  const document = JSON.parse(heard.json);
  check(heard.heard.some(([, words]) => words === 'run 2 of 2: processes(2)'), `progress: ${heard.heard}`);
  check(heard.heard.every(([share], at, all) => share <= 1 && (!at || share >= all[at - 1][0])), 'it goes back');
  for (const plan of ['sync', 'asyncio', 'processes(2)', 'asyncio+processes(2)', 'threads(2)']) {
    check(run(document, plan).repeats.length === 2, `${plan} was not repeated`);
  }
  // Work is calibrated turns: however busy the machine is, its own time is what was asked for, and a half more.
  const gil = run(document, 'threads(2)', 'browser-gil');
  check(busy(run(document, 'sync')) <= 1.001 && busy(run(document, 'asyncio')) <= 1.001, 'one thread, two cores');
  check(busy(gil) <= 1.05, `threads with a lock were busy on ${busy(gil)} cores`);
  check(gil.time_ns.gil_wait > 20e6, `nobody waited for the lock: ${JSON.stringify(gil.time_ns)}`);
  check(gil.gil_handoffs > 0, 'the lock never changed hands');
  check(run(document, 'threads(2)').time_ns.gil_wait === 0, 'a wait for a lock that is not there');
  check(typeof document.machine === 'string' && /Chromium \d+, \d+ core/.test(document.machine), document.machine);
  check(/^[0-9a-f]{16}$/.test(document.work), `the work's digest: ${document.work}`);
  const clock = /^this browser's clock goes in steps of \d+ µs$/;
  check(document.remarks.some((one) => clock.test(one)), `the clock: ${document.remarks}`);
}

// Long enough for a second worker to come while the first is at it, however busy the machine is.
async function traced(page) {
  const plans = ['sync', 'asyncio', 'threads(2)@nogil', 'threads(2)@gil', 'processes(2)', 'asyncio+processes(2)'];
  const document = await measure(page, CPU.replace('count = 4', 'count = 12'), plans, { traces: true });
  check(!document.failures, `failed: ${JSON.stringify(document.failures)}`);
  for (const { plan, python, trace } of document.runs) {
    const name = `${plan.replace(', start=spawn', '')}@${python}.trilane`;
    fs.writeFileSync(path.join(traces, name), Buffer.from(trace, 'base64url'));
  }
}

// Everything that steps can do, under every plan.
async function mixed(page) {
  const plans = [
    'sync', 'asyncio', 'asyncio(limit=2)', 'threads(3)', 'threads(each)', 'threads(3)@gil', 'processes(2)',
    'processes(2, chunk=2)', 'asyncio+threads(2)', 'asyncio+processes(2)', 'asyncio+threads(2)+processes(2)',
  ];
  const document = await measure(page, MIXED, plans);
  check(!document.failures, `failed: ${JSON.stringify(document.failures)}`);
  check(document.runs.length === plans.length, `${document.runs.length} of ${plans.length} plans ran`);
  for (const found of document.runs) {
    check(found.outcome === 'completed' && found.timed_out === 2, `${found.plan}: ${JSON.stringify(found)}`);
    const { time_ns: time } = found;
    // Of 20 and 12 ms: while a machine is busy its speed is not the one that was calibrated.
    check(time.python > 7e6 && time.native > 4e6 && time.io > 100e6, `${found.plan}: ${JSON.stringify(time)}`);
  }
}

// What cannot be run is told by itself, with the value, the rule and the remedy.
async function refused(page) {
  const words = async (text, plans, options) => page.evaluate(
    ([text, plans, options]) => trilane.measure(text, plans, options).then(() => 'it ran', (error) => error.message),
    [text, plans, options],
  );
  check((await words('trilane = 3', [])).includes('scenario:1'), 'a broken scenario is run');
  check((await words(CPU, ['thread('])).includes('thread'), 'a broken plan is run');
  const document = await measure(page, CPU, ['threads(each)', 'processes(99)', 'sync@3.14']);
  const why = (plan) => document.failures.find((one) => one.plan === plan)?.error ?? 'it ran';
  run(document, 'threads(each)');
  check(why('processes(99)').includes('at most 32'), why('processes(99)'));
  check(why('sync@3.14').includes('a browser runs no Python 3.14'), why('sync@3.14'));
  const long = CPU.replace('40ms', '1min');
  const slow = (await measure(page, long, ['sync', 'processes(2)'])).failures;
  check(slow.every((one) => one.error.includes('at most 60 s')), JSON.stringify(slow));
}

// Without shared memory all else works, and what does not says why and how it can.
async function alone(page) {
  check(!await page.evaluate(() => crossOriginIsolated), 'the page is isolated');
  const document = await measure(page, CPU, ['sync', 'asyncio', 'processes(2)', 'asyncio+threads(2)', 'threads(2)']);
  for (const plan of ['sync', 'asyncio', 'processes(2)', 'asyncio+threads(2)']) run(document, plan);
  const [failure, more] = document.failures;
  check(failure.plan === 'threads(2)' && !more, JSON.stringify(document.failures));
  check(failure.error.includes('Cross-Origin-Opener-Policy'), failure.error);
}

// On request the page's own thread runs it: what blocks the loop blocks the page.
async function onPage(page) {
  const blocking = 'trilane = 1\ntitle = "t"\n[tasks.a]\ncount = 1\nsteps = [ { io = "300ms", blocking = true } ]\n';
  const longest = (onPage) => page.evaluate(async ([text, onPage]) => {
    let longest = 0;
    let last = performance.now();
    let goes = true;
    const turn = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (goes) setTimeout(turn, 1);
    };
    turn();
    const document = JSON.parse(await trilane.measure(text, ['asyncio'], { on_page: onPage }));
    if (document.runs.length !== 1) throw new Error(JSON.stringify(document));
    // The turn that was kept waiting has its turn before this one.
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    goes = false;
    return longest;
  }, [blocking, onPage]);
  check(await longest(true) >= 290, 'the page went on while its own loop was blocked');
}

// A profile of this browser reads, says where it is from, and predicts.
async function calibrated(page) {
  const profile = await page.evaluate(() => trilane.calibrate());
  check(profile.includes('python = "browser"') && profile.includes('setTimeout'), profile);
  check(await page.evaluate(() => localStorage.getItem('trilane.browser')) === profile, 'it is not kept');
  // What predictions rest on was measured here, or is a share of that; what nobody can measure says so.
  const figures = [
    'wake_idle', 'timer_late', 'epoll_late_ppm', 'loop_start', 'task_create', 'loop_callback', 'loop_timer',
    'executor_call', 'executor_return', 'process_parent_spawn', 'process_boot_spawn', 'process_submit', 'manager_put',
    'feeder', 'manager_result', 'process_get', 'process_put', 'transfer', 'core_share',
  ];
  // Not more workers than these are had to keep all cores busy.
  if (await page.evaluate(() => navigator.hardwareConcurrency) <= 8) figures.push('wake_busy');
  const borrowed = figures.filter((name) => !new RegExp(`^${name} = \\{(?!.*as of Rust).*(samples|medians)`, 'm').test(profile));
  check(!borrowed.length, `not measured here: ${borrowed.join(', ')}`);
  await agrees(page);
}

// Predictions by the browser's own profile are near its runs. How near is for a quiet machine to say (`cargo xtask
// truth --web`): here much else goes on, so that these are waits for the most part, and medians of runs in turn may
// be far off. What is no matter of time is held exactly.
async function agrees(page) {
  const waits = 'trilane = 1\ntitle = "waits"\n[tasks.a]\ncount = 8\n'
    + 'steps = [ { io = "59.2ms", blocking = true }, { cpu = "1ms" } ]\n';
  const plans = ['sync', 'asyncio', 'processes(2)', 'asyncio+threads(2)', 'threads(2)@nogil', 'threads(2)@gil'];
  const document = await measure(page, waits, plans, { repeat: 5 });
  check(!document.failures, JSON.stringify(document.failures));
  for (const found of document.runs) {
    const off = found.predicted_ns / found.makespan_quartiles_ns[1];
    check(off > 0.6 && off < 1.5, `${found.plan} on ${found.python}: ${found.predicted_ns} ns for ${found.repeats} ns`);
  }
  // Timers count whole milliseconds.
  const { predicted_ns: inARow } = run(document, 'sync');
  check(inARow >= 8 * 61e6, `waits of 59.2 ms are predicted as ones of ${inARow / 8e6 - 1} ms`);
  // What stands in for threads under a loop was there before; processes are started within their run.
  const starting = (plan) => run(document, plan).time_ns.start ?? 0;
  check(starting('asyncio+threads(2)') === 0, `threads took ${starting('asyncio+threads(2)')} ns to start`);
  check(starting('processes(2)') > 0, 'processes took no time to start');
}

// The Measure place, as a visitor uses it: what was measured stands below its prediction.
async function place(page, origin) {
  await page.goto(`${origin}/#/measure`);
  const ready = page.locator('[data-place="measure"][data-state="ready"]');
  await ready.waitFor();
  await page.locator('[data-measure="browser-gil"]').check();
  await page.locator('[data-measure="this page"]').check();
  for (const plan of ['processes', 'asyncio+threads', 'asyncio+threads+processes']) {
    await page.locator(`[data-measure="${plan}"]`).uncheck();
  }
  await page.locator('label.times-of input').fill('1');
  await page.locator('label.times-of input').blur();
  await page.locator('[data-do="run"]').click();
  await page.locator('[data-field="agreement"]').waitFor();
  await page.locator('[data-field="remarks"]', { hasText: 'clock goes in steps of' }).waitFor();
  await ready.waitFor();
  const measured = await page.locator('[data-plan]').evaluateAll((rows) => rows
    .map((row) => [row.dataset.plan, row.dataset.python, Number(row.dataset.makespanNs)])
    .filter(([, python]) => python.startsWith('browser')));
  const of = (plan, python) => measured.filter((one) => one[0] === plan && one[1] === python && one[2] > 0).length;
  // Each with its prediction above it; `sync` and `asyncio` once more on the page's own thread.
  check(of('threads(6)', 'browser') === 2 && of('threads(6)', 'browser-gil') === 2, JSON.stringify(measured));
  check(of('sync', 'browser') === 3 && of('asyncio', 'browser') === 3, JSON.stringify(measured));
  await page.screenshot({ path: path.join(pictures, 'measure-browser.png'), fullPage: true });
}

// A visitor who changes their mind.
async function cancelled(page, origin) {
  await page.goto(`${origin}/#/measure`);
  await page.locator('[data-place="measure"][data-state="ready"]').waitFor();
  await page.locator('label.times-of input').fill('50');
  await page.locator('label.times-of input').blur();
  await page.locator('[data-do="run"]').click();
  await page.getByText('run 1 of 50').first().waitFor();
  await page.locator('[data-do="cancel"]').click();
  await page.locator('[data-field="failed"]', { hasText: 'cancelled' }).waitFor();
  await page.locator('[data-do="run"]').waitFor();
}

// A tab that is closed takes its run with it: the browser has none of its workers any more.
async function closed(browser, origin) {
  const devtools = await browser.newBrowserCDPSession();
  const workers = async () => {
    const filter = [{ type: 'worker' }];
    const { targetInfos } = await devtools.send('Target.getTargets', { filter });
    return targetInfos.length;
  };
  const until = async (what, holds) => {
    const end = Date.now() + PATIENCE_MS;
    while (!holds(await workers())) {
      check(Date.now() < end, `${what}: ${await workers()} workers`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  };
  // Those of the contexts before this one may take a moment to go.
  await until('the workers of closed pages are still there', (count) => count === 0);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  await page.evaluate(() => trilane.ready);
  const before = await workers();
  const long = CPU.replace('40ms', '10s');
  // Its promise goes with the page.
  page.evaluate((text) => trilane.measure(text, ['processes(2)']), long).catch(() => undefined);
  await until('the run never began', (count) => count >= before + 3);
  await page.close();
  await until('the tab is closed and its run goes on', (count) => count === 0);
  await context.close();
  await devtools.detach();
}

// In a frame of another site it is not isolated, whatever it is served with, and all else works.
async function framed(browser, origin) {
  const around = await serve(dist, (wanted) => (wanted === '/course.html'
    ? `<!doctype html><title>Notes</title><iframe src="${origin}/" style="width:900px;height:600px"></iframe>` : undefined));
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${around.address().port}/course.html`);
    const frame = page.frameLocator('iframe');
    await frame.locator('[data-state="ready"]').first().waitFor();
    await alone(page.frames().find((one) => one.url().startsWith(origin)));
  } finally {
    await context.close();
    around.close();
    around.closeAllConnections();
  }
}

// On a host without headers the Measure place isolates the page by itself, once, and keeps the visitor's work.
async function isolates(page, origin) {
  check(!await page.evaluate(() => crossOriginIsolated), 'the page is isolated');
  await page.locator('[data-example]').nth(3).click();
  const title = () => page.locator('h1, .about h2, aside.right h2').first().textContent();
  await page.waitForFunction(() => location.hash.startsWith('#/lab?'));
  await page.goto(`${origin}/${await page.evaluate(() => location.hash.replace('#/lab', '#/measure'))}`);
  await page.waitForFunction(() => crossOriginIsolated && document.querySelector('[data-place="measure"][data-state="ready"]'));
  check(await title() !== null, 'the scenario is lost');
  run(await measure(page, CPU, ['threads(2)']), 'threads(2)');
}

async function main(browser) {
  const served = async (headers, use) => {
    const server = await serve(dist, () => undefined, headers);
    try {
      return await use(`http://127.0.0.1:${server.address().port}`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  };
  await served(ISOLATED, async (origin) => {
    for (const part of [isolated, traced, mixed, refused, onPage, place, cancelled, calibrated]) {
      await withLab(browser, origin, part);
    }
    await closed(browser, origin);
  });
  await served({}, async (origin) => {
    await withLab(browser, origin, alone);
    await withLab(browser, origin, isolates, 'allow');
    await framed(browser, origin);
  });
}

withBrowser(main).catch((error) => { console.error(error); process.exit(1); });
