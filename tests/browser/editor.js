// Opens the editor beside the built page, and uses it as the page and as a visitor do.
//
//   node editor.js DIST PICTURES
//
// DIST is the built page; screenshots go to PICTURES.
'use strict';

const fs = require('fs');
const path = require('path');

const { withPage } = require('./browser.js');

const [dist, pictures] = process.argv.slice(2);

// A page that allows no style but that with its nonce, and no script but the host's own.
const STRICT = `<!doctype html><html><head><meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'self'; style-src 'nonce-abc'"></head><body></body></html>`;

const TEXT = [
  '# A comment', 'trilane = 1', 'name = "one"', '', '[tasks.page]', 'count = 12',
  'steps = [{ io = "20ms" }, { cpu = 3.5, native = true }] # two', 'note = """', 'a = 1 [', '"""', 'last = false',
].join('\n');

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// The module, opened in a place of its own; what it tells is kept.
async function open(page, options) {
  await page.evaluate(async ([file, given]) => {
    document.body.replaceChildren();
    const place = document.createElement('div');
    const after = document.createElement('button');
    after.id = 'after';
    document.body.append(place, after);
    const module = await import(new URL(file, document.baseURI));
    globalThis.told = [];
    globalThis.editor = module.open(place, {
      label: 'Scenario as text', onChange: (text) => globalThis.told.push(text), ...given,
    });
  }, [options.file, options]);
  return page.locator('[data-field="scenario"]');
}

const set = (page, text) => page.evaluate((given) => globalThis.editor.set(given), text);
const told = (page) => page.evaluate(() => globalThis.told);

// The texts that have the colour of each kind, and the least contrast of any text to its ground.
function colours(page) {
  return page.evaluate(() => {
    const numbers = (text) => text.match(/[\d.]+/g).map(Number);
    const luminance = (text) => {
      const [r, g, b] = numbers(text).map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const root = document.querySelector('.cm-editor');
    const solve = (colour) => {
      const probe = document.createElement('i');
      root.append(probe);
      probe.style.color = colour;
      const canvas = document.createElement('canvas').getContext('2d');
      canvas.fillStyle = getComputedStyle(probe).color;
      canvas.fillRect(0, 0, 1, 1);
      probe.remove();
      const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
      return `rgb(${r}, ${g}, ${b})`;
    };
    const grounds = ['var(--panel)', 'color-mix(in srgb, var(--accent) 14%, var(--panel))'].map(solve).map(luminance);
    const words = {};
    let least = Infinity;
    for (const span of document.querySelectorAll('.cm-line span, .cm-line, .cm-lineNumbers .cm-gutterElement')) {
      const { color, fontWeight } = getComputedStyle(span);
      for (const ground of grounds) least = Math.min(least, contrast(luminance(color), ground));
      if (span.matches('span')) (words[fontWeight > 500 ? 'bold' : color] ??= []).push(span.textContent);
    }
    return { least, words: Object.values(words) };
  });
}

async function use(page) {
  const file = await page.evaluate(() => document.documentElement.dataset.editor);
  check(/^\.\/editor-[0-9a-f]{16}\.js$/.test(file), `the page names no editor: ${file}`);
  await page.evaluate(() => globalThis.trilane.ready);

  const field = await open(page, { file, text: TEXT });
  check(await field.getAttribute('aria-label') === 'Scenario as text', 'the field has no label');
  check(await field.evaluate((one) => document.getElementById(one.getAttribute('aria-describedby')).textContent.includes('Escape')), 'the way out is not told');
  for (const [name, dark] of [['light', false], ['dark', true]]) {
    await page.evaluate(([theme, on]) => {
      document.documentElement.dataset.theme = theme;
      globalThis.editor.dark(on);
    }, [name, dark]);
    const { least, words } = await colours(page);
    check(least >= 4.5, `${name}: the least contrast is ${least.toFixed(2)}`);
    const kinds = [
      ['trilane', 'name', 'count', 'steps', 'io', 'cpu', 'native', 'note', 'last'],
      ['"one"', '"20ms"', '"""', 'a = 1 [', '"""'], ['1', '12', '3.5'], ['true', 'false'], ['[tasks.page]'], ['# A comment', '# two'],
    ];
    for (const kind of kinds) {
      check(words.some((same) => JSON.stringify(same) === JSON.stringify(kind)), `${name}: ${kind} is not one colour, in ${JSON.stringify(words)}`);
    }
  }

  // What the page sets is not told; the cursor stays with the text around it.
  await page.locator('.cm-line', { hasText: 'count' }).click();
  await page.keyboard.press('End');
  await set(page, TEXT.replace('# A comment', '# A longer comment, of the page\n# and another'));
  check((await told(page)).length === 0, 'the page is told what it set itself');
  await page.keyboard.type('3');
  check((await told(page)).at(-1).includes('\ncount = 123\n'), `the cursor moved: ${await told(page)}`);
  await page.keyboard.press('ControlOrMeta+z');
  check((await told(page)).at(-1).includes('\ncount = 12\n'), 'undo does not work');
  await set(page, '{ "trilane": 1, "tasks": [true, "a"] }');
  await page.locator('.cm-line span', { hasText: '"tasks"' }).waitFor();
  await set(page, TEXT);

  // Problems stand where they are, counted in characters.
  await set(page, `name = "🍳é", foo = 1\n${TEXT}`);
  await page.evaluate(() => globalThis.editor.problems([
    { line: 1, column: 14, length: 3, message: 'no such key\nremove it' }, { line: 99, column: 1, length: 1, message: 'over' },
  ]));
  const marked = await page.locator('.cm-lintRange-error').first().textContent();
  check(marked === 'foo', `${marked} is marked in place of foo`);
  check(await page.locator('.cm-lint-marker-error').count() === 2, 'the gutter marks no problem');
  await page.locator('.cm-lintRange-error').first().hover();
  await page.locator('.cm-tooltip .cm-diagnostic', { hasText: 'remove it' }).waitFor();
  await page.evaluate(() => globalThis.editor.problems([]));
  await page.locator('.cm-lintRange-error').waitFor({ state: 'detached' });

  // Tab indents, and does not trap.
  await set(page, TEXT);
  await page.evaluate(() => globalThis.editor.focus());
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('Tab');
  check((await told(page)).at(-1).startsWith('  # A'), 'Tab does not indent');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  check(await page.evaluate(() => document.activeElement.id) === 'after', 'Escape and Tab do not leave');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ControlOrMeta+f');
  await page.locator('.cm-search input[name="search"]').pressSequentially('count');
  await page.keyboard.press('Enter');
  await page.locator('.cm-searchMatch-selected').waitFor();
  await page.evaluate(() => globalThis.editor.problems([{ line: 2, column: 1, length: 7, message: 'no' }]));
  for (const width of [360, 1400]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, `at ${width} px the editor is ${wide} px too wide`);
    await page.screenshot({ path: path.join(pictures, `editor-${width}.png`) });
  }
  // It grows with the text, and no further than the window.
  const height = () => page.locator('.cm-editor').evaluate((one) => one.clientHeight);
  const small = await height();
  await set(page, `${TEXT}\n`.repeat(9));
  check(await height() > small, 'it does not grow');
  await set(page, `${TEXT}\n`.repeat(99));
  check(await height() <= 0.8 * 900, 'it grows out of the window');
  await page.evaluate(() => globalThis.editor.destroy());
  check(await page.evaluate(() => document.querySelector('div').childElementCount) === 0, 'something is left of it');

  // As strict a policy as its styles can live with.
  const refused = [];
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
  await page.goto(new URL('/strict/', page.url()).href);
  const strict = await open(page, { file: `../${file}`, text: TEXT, nonce: 'abc' });
  check(await strict.evaluate((one) => getComputedStyle(one).whiteSpace) === 'pre', 'its styles are refused');
  check(refused.length === 0, refused.join('\n'));
}

withPage(dist, (wanted) => (wanted === '/strict/' ? STRICT : undefined), use).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
