// What every script does to a page: expects something of it, waits for it, goes on when a place is ready.
'use strict';

const { PATIENCE_MS } = require('./browser.js');

function expect(is, what) {
  if (!is) throw new Error(what);
}

// Waits until the page says so, as a busy machine may take its time.
const until = (page, what, argument) => page.waitForFunction(what, argument);

// Waits until a place shows what is to be seen there.
const ready = (page, place) => page.locator(`[data-place="${place}"][data-state="ready"]`).waitFor();

// Notes down what is lettered on canvases from now on: nobody can read it from the page itself.
const listens = (page) => page.evaluate(() => {
  const { prototype } = CanvasRenderingContext2D;
  const { fillText } = prototype;
  window.lettered = new Set();
  prototype.fillText = function (text, ...place) {
    window.lettered.add(text);
    return fillText.call(this, text, ...place);
  };
});

// Waits until all of these texts were lettered on canvases.
const lettered = (page, texts) => until(page, (all) => all.every((text) => window.lettered.has(text)), texts);

// Listens to a job's end, as the page would: the event's name and its data.
const ended = (page, events) => page.evaluate(([address, patience]) => new Promise((resolve, reject) => {
  const source = new EventSource(address);
  setTimeout(reject, patience, new Error(`nothing ends ${address}`));
  for (const name of ['done', 'failed', 'cancelled']) {
    source.addEventListener(name, (event) => {
      source.close();
      resolve([name, event.data]);
    });
  }
}), [events, PATIENCE_MS]);

// Puts a small run into the queue and gives its number once it has ended well.
async function runs(page) {
  const answer = await page.evaluate(async () => {
    const order = {
      scenario: 'trilane = 1\ntitle = "t"\n[tasks.a]\ncount = 2\nsteps = [ { cpu = "1ms" } ]\n',
      plans: ['sync'], interpreters: ['rust'], repeat: 1,
    };
    const answer = await fetch('/api/v1/measure', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(order),
    });
    return { status: answer.status, text: await answer.text() };
  });
  expect(answer.status === 202, `the run gave: ${JSON.stringify(answer)}`);
  const { events, id } = JSON.parse(answer.text);
  const [name, data] = await ended(page, events);
  expect(name === 'done', `the run ended so: ${name} ${data}`);
  return id;
}

module.exports = { ended, expect, lettered, listens, ready, runs, until };
