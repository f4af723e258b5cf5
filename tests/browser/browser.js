// What every test in a browser needs: files served on loopback, and a page in headless Chromium that
// reaches nothing else.
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');

const { chromium } = require('playwright-core');

// The machine's own, by the names that it has on different systems; `cargo xtask tools` knows them too.
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

// Root needs the first; the rest keeps a fresh profile from asking the net about anything.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

// Nothing is waited for by the clock: this is how long a busy machine may take for any one thing.
const PATIENCE_MS = 120_000;

const TYPES = {
  '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.wasm': 'application/wasm',
};

function executable(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (fs.existsSync(file)) return file;
    }
  }
  throw new Error(`no ${names[0]} is on PATH: install it with \`cargo xtask tools browser\``);
}

// Headers of a page that is isolated, so that its workers may share memory.
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
};

// Serves a folder on loopback; `answer` goes first: for a path it gives bytes or nothing.
function serve(folder, answer, headers = {}) {
  const server = http.createServer((request, response) => {
    const wanted = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = path.join(folder, path.normalize(wanted.endsWith('/') ? `${wanted}index.html` : wanted));
    try {
      const bytes = answer(wanted) ?? fs.readFileSync(file);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

// Starts headless Chromium, hands it to `use` and ends it.
async function withBrowser(use) {
  const browser = await chromium.launch({
    executablePath: executable(NAMES), headless: true, args: FLAGS, timeout: PATIENCE_MS,
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

// Opens the page that is served, hands it to `use` and gives what that gives. What goes wrong in the
// page itself is told with the error.
async function withPage(folder, answer, use) {
  const server = await serve(folder, answer);
  const origin = `http://127.0.0.1:${server.address().port}`;
  const complaints = [];
  try {
    return await withBrowser(async (browser) => {
      const context = await browser.newContext({
        serviceWorkers: 'block', viewport: { width: 1400, height: 1000 },
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const foreign = (url) => url.origin !== origin && !['blob:', 'data:'].includes(url.protocol);
      await context.route(foreign, (route) => route.abort());
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(`${origin}/`);
      const result = await use(page);
      if (complaints.length) throw new Error('the page failed');
      return result;
    });
  } catch (error) {
    error.message = [error.message, ...complaints].join('\n');
    throw error;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

module.exports = { ISOLATED, PATIENCE_MS, executable, serve, withBrowser, withPage };
