// What every script does to a page: expects something of it, waits for it, goes on when a place is ready.
'use strict';

function expect(is, what) {
  if (!is) throw new Error(what);
}

// Waits until the page says so, as a busy machine may take its time.
const until = (page, what, argument) => page.waitForFunction(what, argument);

// Waits until a place shows what is to be seen there.
const ready = (page, place) => page.locator(`[data-place="${place}"][data-state="ready"]`).waitFor();

module.exports = { expect, ready, until };
