// Runs plans for real in headless Firefox: on its loop, on workers, and on threads that share memory.
//
//   node runs_firefox.js DIST PICTURES
'use strict';

const { tellsTrouble, withFolder } = require('./bidi.js');
const { ISOLATED } = require('./browser.js');

const [dist, pictures] = process.argv.slice(2);

const TEXT = 'trilane = 1\ntitle = "t"\n[tasks.a]\ncount = 4\nsteps = [ { io = "5ms" }, { cpu = "20ms" } ]\n';
const PLANS = ['sync', 'asyncio', 'processes(2)', 'asyncio+threads(2)', 'threads(2)', 'threads(2)@gil'];

async function use({ ask, until }) {
  await until('the page', () => globalThis.trilane?.ready?.then(() => true));
  if (!await ask(() => globalThis.crossOriginIsolated)) throw new Error('the page is not isolated');
  const json = await ask((text, plans) => globalThis.trilane.measure(text, plans, { repeat: 1 }), TEXT, PLANS);
  const document = JSON.parse(json);
  if (document.failures || document.runs.length !== PLANS.length) throw new Error(json);
  for (const run of document.runs) {
    const whole = run.origin === 'measured' && run.outcome === 'completed' && run.finished === 4;
    if (!whole || run.time_ns.io < 15e6 || run.time_ns.python < 20e6) throw new Error(JSON.stringify(run));
  }
  if (!document.machine.startsWith('Firefox ')) throw new Error(document.machine);
}

tellsTrouble(withFolder(dist, ISOLATED, pictures, use));
