// Drives headless Firefox, as far as the tests need it.
//
//   const { withFirefox } = require('./bidi.js');
//   await withFirefox(url, pictures, async ({ ask, until, picture }) => { … });
//
// A stock Firefox speaks WebDriver BiDi by itself, over a web socket: no driver has to fit its version.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');
const { once } = require('events');

const { WebSocket } = require('ws');

const { PATIENCE_MS, executable, serve } = require('./browser.js');

// `cargo xtask tools` knows them too. Debian's comes as `firefox-esr`.
const NAMES = ['firefox', 'firefox-esr'];

// A fresh profile asks the net about many things, and the page must not be able to either: whatever is
// not on loopback goes to a proxy that nobody serves.
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.no_proxies_on': '127.0.0.1',
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.proxy.type': 1,
  'toolkit.telemetry.enabled': false,
};

// Starts Firefox and gives it with the address that it listens on.
async function launch(profile) {
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  fs.writeFileSync(path.join(profile, 'user.js'), lines.join('\n'));
  const firefox = spawn(executable(NAMES), ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile], {
    stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      firefox.kill('SIGKILL');
      reject(new Error(`Firefox ${why}\n${said}`));
    };
    const timer = setTimeout(() => fail('does not say where it listens'), PATIENCE_MS);
    firefox.on('error', (error) => fail(`cannot be run: ${error.message}`));
    firefox.on('exit', (code) => fail(`ended (${code})`));
    firefox.stderr.on('data', (bytes) => {
      said += bytes;
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (!address) return;
      clearTimeout(timer);
      resolve({ firefox, address: address[1] });
    });
  });
}

// A session: `send` asks for something and gives what comes back; `heard` collects what the page logs.
async function connect(address) {
  const socket = new WebSocket(`${address}/session`, { perMessageDeflate: false });
  await once(socket, 'open');
  const waiting = new Map();
  const heard = [];
  let last = 0;
  socket.on('message', (bytes) => {
    const message = JSON.parse(bytes);
    if (message.type === 'event') {
      const { level, text } = message.params;
      if (message.method === 'log.entryAdded' && level === 'error') heard.push(text);
      return;
    }
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'success') resolve(message.result);
    else reject(new Error(`${message.error}: ${message.message}`));
  });
  socket.on('close', () => waiting.forEach(({ reject }) => reject(new Error('Firefox hung up'))));
  const send = (method, params) => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    socket.send(JSON.stringify({ id: last, method, params }));
  });
  await send('session.new', { capabilities: {} });
  await send('session.subscribe', { events: ['log.entryAdded'] });
  return { send, heard, socket };
}

// A page: `ask` calls a function there with arguments that JSON can hold, and gives what it gives.
async function open(send, url, pictures) {
  const { context } = await send('browsingContext.create', { type: 'tab' });
  await send('browsingContext.setViewport', { context, viewport: { width: 1400, height: 1000 } });
  await send('browsingContext.navigate', { context, url, wait: 'complete' });
  const ask = async (call, ...given) => {
    const { type, result, exceptionDetails } = await send('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${call})(...${JSON.stringify(given)})))()`,
      target: { context }, awaitPromise: true,
    });
    if (type === 'exception') throw new Error(exceptionDetails.text);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  };
  // Gives what the call gives, once that is something.
  const until = async (what, call, ...given) => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await ask(call, ...given);
      if (found) return found;
      if (Date.now() > end) throw new Error(`${what} never came`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  };
  const picture = async (name) => {
    const { data } = await send('browsingContext.captureScreenshot', { context });
    fs.writeFileSync(path.join(pictures, name), Buffer.from(data, 'base64'));
  };
  return { ask, until, picture };
}

// Opens an address in a fresh Firefox, hands the page to `use`, and ends it. What the page logs as an error
// fails it.
async function withFirefox(url, pictures, use) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'trilane-firefox-'));
  let started;
  try {
    started = await launch(profile);
    const { send, heard, socket } = await connect(started.address);
    const result = await use(await open(send, url, pictures));
    socket.removeAllListeners('close');
    if (heard.length) throw new Error(`the page failed\n${heard.join('\n')}`);
    return result;
  } finally {
    if (started) {
      started.firefox.removeAllListeners('exit');
      started.firefox.kill('SIGKILL');
      await once(started.firefox, 'close');
    }
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 9 });
  }
}

// The same for the page in a folder, served on loopback with these headers.
async function withFolder(folder, headers, pictures, use) {
  const server = await serve(folder, () => undefined, headers);
  try {
    return await withFirefox(`http://127.0.0.1:${server.address().port}/`, pictures, use);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

// What goes wrong in a script is told, and fails it.
function tellsTrouble(script) {
  script.catch((error) => {
    console.error(error.stack);
    process.exitCode = 1;
  });
}

module.exports = { tellsTrouble, withFirefox, withFolder };
