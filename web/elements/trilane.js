// Trilane's widgets as custom elements: <trilane-race>, <trilane-timeline>, <trilane-kitchen>,
// <trilane-choose>, <trilane-quiz>. docs/EMBED.md says how to use them.
//
// This file is all that a page loads at first. When an element comes near the window it fetches what all of
// them share, once: the style sheet, the module (of which one worker simulates for all), the words.
// It also keeps iframes with our frame as high as what is in them.

// What the build made: addresses from here, each with its hash. `cargo xtask build` fills it in.
const FILES = {};

const KINDS = ['race', 'timeline', 'kitchen', 'choose', 'quiz'];
const WORDS = ['v', 'scenario', 'example', 'plans', 'knobs', 'guess', 'at', 'caption', 'question', 'claim', 'why'];
const NEAR = '600px';
const MOST_TEXT = 1 << 20;
// The page that the elements come from, to which links lead; in a notebook (notebook.js) there is none.
const HOME = FILES.home ?? new URL('../../', import.meta.url).href;

const at = ([file]) => new URL(file, import.meta.url).href;
const words = (error) => (error instanceof Error ? error.message : String(error));

// A file, held to its hash.
async function fetched(file) {
  const answer = await fetch(at(file), { integrity: file[1], credentials: 'omit' });
  if (!answer.ok) throw new Error(`the host answers ${answer.status} for ${at(file)}`);
  return answer;
}

// `import()` takes no hash, but what was preloaded with one is what it gives.
function preloaded(file) {
  // A notebook's have none: their texts are made on the page.
  return file[1] && new Promise((resolve, reject) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'modulepreload', href: at(file), integrity: file[1], crossOrigin: 'anonymous' });
    link.onload = resolve;
    link.onerror = () => reject(new Error(`${link.href} cannot be loaded, or is not the file that was built`));
    document.head.append(link);
  });
}

let shared;
const books = new Map();

// What all elements of the page share.
function load() {
  shared ??= (async () => {
    const style = fetched(FILES.style).then((answer) => answer.text());
    await Promise.all(FILES.scripts.map(preloaded));
    const module = await import(at(FILES.scripts[0]));
    // Our own page has it running already.
    await module.default({ module_or_path: fetched(FILES.wasm) });
    // The rest of it comes in parts; the scripts hold each to its hash.
    await module.prepare();
    const sheets = [await style, module.sheet()].map((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
    return { module, sheets };
  })();
  // Whoever comes later may have more luck.
  shared.catch(() => { shared = undefined; });
  return shared;
}

function book(language) {
  if (!books.has(language)) {
    const bytes = fetched(FILES.labels[language]).then((answer) => answer.arrayBuffer());
    bytes.catch(() => books.delete(language));
    books.set(language, bytes);
  }
  return books.get(language);
}

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) target.near();
}, { rootMargin: NEAR });
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => target.sized()));

// Pages that turn dark by hand do it on their root or body.
const dark = matchMedia('(prefers-color-scheme: dark)');
const elements = new Set();
const relook = () => elements.forEach((element) => element.look());
dark.addEventListener('change', relook);
const turned = new MutationObserver(relook);
for (const root of [document.documentElement, document.body]) {
  if (root) turned.observe(root, { attributes: true });
}

// The brightness of a colour as the browser computes it, of 1; nothing where one sees through it.
function brightness(colour) {
  const [, space, list] = colour.match(/^(\w+)\((.*)\)$/) ?? [];
  const [r, g, b, alpha = 1] = (list ?? '').split(/[\s,/]+/).map(Number);
  if (!space?.startsWith('rgb') || !(alpha > 0.5)) return undefined;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

// Whether an element stands on a dark ground.
function onDark(element) {
  for (let up = element; up; up = up.assignedSlot ?? up.parentElement ?? up.getRootNode()?.host) {
    const bright = brightness(getComputedStyle(up).backgroundColor);
    if (bright !== undefined) return bright < 0.5;
  }
  return getComputedStyle(document.documentElement).colorScheme.includes('dark') && dark.matches;
}

class Widget extends HTMLElement {
  static observedAttributes = [...WORDS, 'src', 'theme', 'lang'];

  #kind;
  #place;
  #problem;
  #mounted;
  #ordered;
  #near = false;
  #text;
  #turn = 0;
  #height = 0;
  #ready;
  #isReady;

  constructor(kind) {
    super();
    this.#kind = kind;
    this.#ready = new Promise((resolve) => { this.#isReady = resolve; });
    const root = this.attachShadow({ mode: 'open' });
    // Until it runs, and where it cannot, what the host wrote is what is seen: a picture, words.
    root.innerHTML = '<div hidden></div><pre role="alert" hidden></pre><slot></slot>';
    [this.#place, this.#problem] = root.children;
  }

  connectedCallback() {
    elements.add(this);
    sight.observe(this);
    sizes.observe(this);
    if (this.#near) this.#show();
  }

  disconnectedCallback() {
    elements.delete(this);
    sight.unobserve(this);
    sizes.unobserve(this);
    this.#turn += 1;
    this.#mounted?.end();
    this.#mounted = undefined;
  }

  attributeChangedCallback(name) {
    // Its words are given to it when it is mounted.
    if (name === 'lang') {
      this.#mounted?.end();
      this.#mounted = undefined;
    }
    if (['scenario', 'example', 'src'].includes(name)) this.#text = undefined;
    if (this.#near && this.isConnected) this.#show();
  }

  near() {
    if (this.#near) return;
    this.#near = true;
    sight.unobserve(this);
    this.#show();
  }

  sized() {
    const height = Math.ceil(this.getBoundingClientRect().height);
    if (height !== this.#height) this.#tell('height', { height });
    this.#height = height;
  }

  look() {
    if (this.#mounted) this.#order();
  }

  // A promise: its race was run once.
  get ready() { return this.#ready; }

  // The scenario's text, as it is turned.
  get scenario() { return this.#text ?? this.#inline(); }
  set scenario(text) {
    this.#text = String(text);
    if (this.#near && this.isConnected) this.#show();
  }

  // Where the playhead is, ns.
  get at() { return this.#mounted?.at() ?? 0; }
  get playing() { return this.#mounted?.playing() ?? false; }
  play() { this.#mounted?.play(true); }
  pause() { this.#mounted?.play(false); }
  seek(ns) { this.#mounted?.seek(Number(ns) || 0); }

  // The text within: in a script that is none, in a <pre>, or all there is.
  #inline() {
    if (this.hasAttribute('scenario')) return this.getAttribute('scenario');
    const within = this.querySelector('script[type="text/trilane"],template,pre');
    return within ? (within.content ?? within).textContent : this.children.length ? '' : this.textContent;
  }

  async #scenario() {
    if (this.#text !== undefined) return this.#text;
    const source = this.getAttribute('src');
    if (source === null) return this.#inline();
    const answer = await fetch(new URL(source, document.baseURI));
    if (!answer.ok) throw new Error(`\`src\`: the host answers ${answer.status} for ${answer.url}`);
    const text = await answer.text();
    if (text.length > MOST_TEXT) throw new Error(`\`src\`: ${answer.url} has more than ${MOST_TEXT} characters`);
    return text;
  }

  // Its own language, or that of whatever it stands in, through the shadow roots around it; English where none is told.
  #language() {
    let asked = '';
    for (let up = this; up && !asked; up = up.getRootNode().host) asked = up.closest('[lang]')?.lang ?? '';
    const code = asked.split('-')[0].toLowerCase();
    return code in FILES.labels ? code : 'en';
  }

  #order() {
    const theme = this.getAttribute('theme');
    const isDark = theme === 'light' || theme === 'dark' ? theme === 'dark' : onDark(this);
    this.#place.dataset.look = isDark ? 'dark' : 'light';
    this.#place.toggleAttribute('data-homeless', !HOME);
    const order = { ...this.#ordered, dark: isDark, home: HOME };
    this.#mounted?.set(JSON.stringify(order));
    return order;
  }

  async #show() {
    const turn = this.#turn += 1;
    try {
      const [{ module, sheets }, labels, scenario] = await Promise.all([load(), book(this.#language()), this.#scenario()]);
      if (turn !== this.#turn || !this.isConnected) return;
      const given = (name) => this.getAttribute(name) ?? '';
      this.#ordered = Object.fromEntries(WORDS.map((name) => [name, given(name)]));
      if (this.#text !== undefined) this.#ordered.example = '';
      Object.assign(this.#ordered, { kind: this.#kind, scenario });
      this.shadowRoot.adoptedStyleSheets = sheets;
      const order = this.#order();
      this.#mounted ??= module.mount(this.#place, JSON.stringify(order), new Uint8Array(labels), (...heard) => this.#hear(...heard));
      this.#shown(this.#place);
    } catch (error) {
      if (turn === this.#turn) this.#hear('problem', `Trilane cannot be shown here: ${words(error)}`);
    }
  }

  // What is seen from now on; a problem of our own stands above what the host wrote.
  #shown(part) {
    this.#place.hidden = part !== this.#place;
    this.#problem.hidden = part !== this.#problem;
    this.shadowRoot.querySelector('slot').hidden = part === this.#place;
  }

  #hear(name, value) {
    switch (name) {
      case 'ready': return this.#tell(name, value), this.#isReady(this);
      case 'changed':
        this.#text = value;
        return this.#tell(name, { scenario: value });
      case 'problem':
        if (!this.#mounted) {
          this.#problem.textContent = value;
          this.#shown(this.#problem);
        }
        return this.#tell(name, { problem: value });
      default: return this.#tell(name, { at: value });
    }
  }

  // Not within whatever is going on.
  #tell(name, detail) {
    queueMicrotask(() => this.dispatchEvent(new CustomEvent(name, { detail })));
  }
}

// Of two versions of this script on a page the first defines, and the other leaves it at that.
for (const kind of KINDS) {
  const name = `trilane-${kind}`;
  if (!customElements.get(name)) {
    customElements.define(name, class extends Widget { constructor() { super(kind); } });
  }
}

// Frames: each tells how high it is, to whoever asked, and only from where it should be.
const origin = (frame) => new URL(frame.src, document.baseURI).origin;
const frames = () => [...document.querySelectorAll('iframe[data-trilane]')];
const ping = (frame) => frame.contentWindow?.postMessage({ type: 'trilane:ping', v: 1 }, origin(frame));
addEventListener('message', ({ source, origin: from, data }) => {
  if (data?.type !== 'trilane:ready' && data?.type !== 'trilane:height') return;
  const frame = frames().find((one) => one.contentWindow === source);
  if (!frame || origin(frame) !== from) return;
  if (Number.isFinite(data.height) && data.height > 0) frame.style.height = `${Math.min(Math.ceil(data.height), 20000)}px`;
  if (data.type === 'trilane:ready' && !data.pong) ping(frame);
});
frames().forEach(ping);
