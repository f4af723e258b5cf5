// Opens the built page in headless Firefox, races a few examples in it, and asks it for simulations.
//
//   node firefox.js DIST QUESTIONS PICTURES
//
// QUESTIONS is a JSON file of `{ name, text, plans }`. Prints a JSON object: the page's answer by name.
'use strict';

const fs = require('fs');

const { tellsTrouble, withFolder } = require('./bidi.js');

const [dist, file, pictures] = process.argv.slice(2);

async function use({ ask, until, picture }) {
  await until('the page', () => globalThis.trilane?.ready?.then(() => true));
  const answers = {};
  for (const { name, text, plans } of JSON.parse(fs.readFileSync(file, 'utf8'))) {
    answers[name] = await ask((t, p) => globalThis.trilane.simulate(t, p), text, plans);
    await ask((wanted) => document.querySelector(`[data-example="${wanted}"]`).click(), name);
    const rows = await until(`${name}'s race`, (wanted) => {
      const shown = document.querySelector('[data-place="lab"][data-state="ready"]')
        && document.querySelector(`[data-example="${wanted}"][aria-pressed="true"]`);
      return shown && [...document.querySelectorAll('[data-plan]')].map((row) => ({
        makespan: Number(row.dataset.makespanNs), outcome: row.dataset.outcome,
        pixels: row.querySelector('canvas')?.width ?? 0, label: row.querySelector('canvas')?.getAttribute('aria-label') ?? '',
      }));
    }, name);
    if (rows.length < 2) throw new Error(`${name} shows no race`);
    for (const row of rows) {
      const drawn = row.outcome === 'refused' || (row.makespan > 0 && row.pixels > 0 && row.label);
      if (!drawn) throw new Error(`${name} has a row without its picture: ${JSON.stringify(row)}`);
    }
  }
  await picture('firefox.png');
  return answers;
}

const answered = withFolder(dist, {}, pictures, use);
tellsTrouble(answered.then((answers) => console.log(JSON.stringify(answers))));
