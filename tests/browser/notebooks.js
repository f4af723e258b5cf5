// Notebooks in JupyterLab, Jupyter Notebook and marimo, as their readers have them: a knob is turned on the page, and
// the notebook's Python hears it.
//
//   node notebooks.js PROGRAMS NOTES PICTURES
//
// PROGRAMS is the folder of the programs, with our package installed beside them; NOTES is target/notes, where the
// notebooks lie. Screenshots go to PICTURES.
'use strict';

const { spawn } = require('child_process');
const { randomUUID } = require('crypto');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const { PATIENCE_MS, serve, withBrowser } = require('./browser.js');

const [programs, notes, pictures] = process.argv.slice(2);

function expect(is, what) {
  if (!is) throw new Error(what);
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// A server of notebooks with a home of its own: nobody's settings are read, and nothing is left there.
class Host {
  constructor(program, args, folder) {
    this.home = fs.mkdtempSync(path.join(os.tmpdir(), 'trilane-notebooks-'));
    const env = { ...process.env, HOME: this.home, XDG_CONFIG_HOME: this.home, PATH: `${programs}${path.delimiter}${process.env.PATH}` };
    for (const name of Object.keys(env)) if (/^(JUPYTER|IPYTHON|PYTHON|MARIMO)/.test(name)) delete env[name];
    // Nobody is asked whether news may be fetched.
    const settings = path.join(this.home, 'settings/@jupyterlab/apputils-extension');
    fs.mkdirSync(settings, { recursive: true });
    fs.writeFileSync(path.join(settings, 'notification.jupyterlab-settings'), '{"fetchNews": "false", "checkForUpdates": false}');
    env.MARIMO_SKIP_UPDATE_CHECK = '1';
    env.JUPYTERLAB_SETTINGS_DIR = path.join(this.home, 'settings');
    this.said = '';
    // In a group of its own, as it starts processes, too.
    this.child = spawn(path.join(programs, program), args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => { this.child.on('close', resolve); });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => { this.said += text; });
  }

  // Waits until it answers under an address.
  async answers(url) {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.said}`);
      try {
        if ((await fetch(url)).ok) return;
      } catch {
        // Nobody listens yet.
      }
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }

  async end() {
    try {
      process.kill(-this.child.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
    await this.ended;
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}

// The element runs, wherever it is.
async function runs(page, name, at = 0) {
  const one = page.locator(`trilane-${name}`).nth(at);
  await one.waitFor({ state: 'attached' });
  await one.scrollIntoViewIfNeeded();
  await one.evaluate((element) => new Promise((resolve, reject) => {
    element.ready.then(() => resolve());
    element.addEventListener('problem', ({ detail }) => reject(new Error(detail.problem)));
  }));
  return one;
}

async function shot(page, name) {
  await page.screenshot({ path: path.join(pictures, `notebook-${name}.png`) });
}

async function jupyter(browser, look) {
  const port = await freePort();
  const token = randomUUID();
  const folder = path.join(notes, 'jupyter');
  const host = new Host('jupyter', [
    'lab', '--no-browser', '--allow-root', '--ip=127.0.0.1', `--port=${port}`, '--ServerApp.port_retries=0', `--ServerApp.root_dir=${folder}`,
    `--IdentityProvider.token=${token}`, '--LabApp.expose_app_in_browser=True', '--JupyterNotebookApp.expose_app_in_browser=True',
    '--LabApp.extension_manager=readonly',
  ], folder);
  try {
    const home = `http://127.0.0.1:${port}`;
    await host.answers(`${home}/api/status?token=${token}`);
    for (const [name, place, run] of [
      ['lab', `lab/tree/lecture.ipynb?reset&token=${token}`, 'notebook:run-all-cells'],
      ['notebook', `notebooks/lecture.ipynb?token=${token}`, 'notebook:run-all-cells'],
    ]) await look(browser, name, `${home}/${place}`, async (page) => {
      await page.waitForFunction(() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected');
      await page.evaluate((command) => window.jupyterapp.commands.execute(command), run);
      const race = await runs(page, 'race');
      await page.locator('.said', { hasText: '8 sums' }).waitFor();
      // Until all cells have run the notebook moves the focus.
      await page.waitForFunction(() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle');
      await race.locator('[data-knob]').first().press('ArrowRight');
      // Said by the kernel.
      await page.locator('.said', { hasText: '9 sums' }).waitFor();
      await shot(page, `${name}-race`);
      const kitchen = await runs(page, 'kitchen');
      await shot(page, `${name}-kitchen`);
      await page.evaluate(async () => {
        // What Python sets, the page shows: here by the way that a cell would take.
        const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
        await kernel.requestExecute({ code: 'kitchen.playhead_ns = 100_000_000' }).done;
      });
      await page.waitForFunction(() => document.querySelector('trilane-kitchen').at === 100e6);
      await kitchen.evaluate((element) => element.seek(50e6));
      await page.evaluate(async () => {
        const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
        const asked = kernel.requestExecute({ code: 'print("at", kitchen.playhead_ns)' });
        window.printed = '';
        asked.onIOPub = ({ content }) => { window.printed += content.text ?? ''; };
        await asked.done;
      });
      expect(await page.evaluate(() => window.printed) === 'at 50000000\n', `the kernel says ${await page.evaluate(() => window.printed)}`);
      await runs(page, 'choose');
      const links = await page.locator('trilane-choose a:visible').count();
      expect(links === 0, 'a link leads to a page that is not there');
      await runs(page, 'quiz');
      await shot(page, `${name}-quiz`);
    });
  } finally {
    await host.end();
  }
}

async function marimo(browser, look) {
  const port = await freePort();
  const folder = path.join(notes, 'marimo');
  const host = new Host('marimo', [
    'run', 'lecture.py', '--headless', '--host', '127.0.0.1', '--port', String(port), '--no-token',
  ], folder);
  try {
    const home = `http://127.0.0.1:${port}/`;
    await host.answers(home);
    await look(browser, 'marimo', home, async (page) => {
      const race = await runs(page, 'race');
      await page.getByText('100 pages:').waitFor();
      await race.locator('[data-knob]').first().press('ArrowRight');
      // A cell that runs again, in Python.
      await page.getByText('110 pages:').waitFor();
      await shot(page, 'marimo-race');
      await runs(page, 'kitchen');
      await shot(page, 'marimo-kitchen');
      await runs(page, 'quiz');
      await shot(page, 'marimo-quiz');
    });
  } finally {
    await host.end();
  }
}

// The notebook as nbconvert has written it, which brings no widgets: their pictures.
async function exported(browser, look) {
  const server = await serve(path.join(notes, 'jupyter'), (wanted) => (wanted.endsWith('favicon.ico') ? '' : undefined));
  try {
    await look(browser, 'exported', `http://127.0.0.1:${server.address().port}/lecture.html`, async (page) => {
      const widths = await page.locator('img[src^="data:image/svg+xml"]').evaluateAll(
        (all) => all.filter((one) => one.checkVisibility()).map((one) => one.naturalWidth),
      );
      // The quiz, the race and the kitchen.
      expect(widths.filter((width) => width === 720).length === 3, `there are pictures of ${widths} px`);
      await page.screenshot({ path: path.join(pictures, 'notebook-exported.png'), fullPage: true });
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

// Opens a page that reaches nothing but this machine, and tells what it complains of where it fails.
async function look(browser, name, url, use) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 } });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.route((wanted) => !['127.0.0.1', 'localhost', ''].includes(wanted.hostname), (route) => route.abort());
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && /trilane/i.test(message.text()) && complaints.push(message.text()));
  try {
    await page.goto(url);
    await use(page);
    expect(!complaints.some((one) => /trilane/i.test(one)), 'the page complains');
  } catch (error) {
    await page.screenshot({ path: path.join(pictures, `failed-notebook-${name}.png`) });
    error.message = [`${name}: ${error.message}`, ...complaints].join('\n');
    throw error;
  } finally {
    await context.close();
  }
}

withBrowser(async (browser) => {
  await jupyter(browser, look);
  await marimo(browser, look);
  await exported(browser, look);
}).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
