// Trilane's elements in notebooks: the module that anywidget loads in JupyterLab, Jupyter Notebook and marimo
// (python/trilane has the other side). A front end hands it over as text, so it has no address and nothing beside
// it: all that the elements fetch is packed into it, and is given an address of its own (`blob:`) on the page.

// What the build made: `cargo xtask wheel` fills these in. The elements' script as text; the files that it
// names, and those that these name, as pieces of one packed text.
const SCRIPT = '';
const FILES = {};
const PIECES = [];
const PACKED = '';

// How the script is told its files; the same line as the page's build looks for.
const TOLD = 'const FILES = {};';
// One page has one copy, however many widgets bring it.
const SHARED = Symbol.for('trilane.notebook');
const KEYS = new Set(['ArrowDown', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'End', 'Enter', 'Home', 'PageDown', 'PageUp', ' ']);
// Traits that are attributes, as the element has them.
const ATTRIBUTES = {
  plans: (list) => list.join('; '), knobs: (list) => list.join(' '), guess: String, at: String, caption: String,
  question: String, claim: String, why: String, theme: String, lang: String,
};

const address = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }));

async function unpacked() {
  const packed = Uint8Array.from(atob(PACKED), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const all = await new Response(stream).arrayBuffer();
  let from = 0;
  return PIECES.map(([name, length, type]) => {
    const bytes = all.slice(from, from += length);
    return { name, type, bytes };
  });
}

// Addresses of all pieces. A script comes after what it fetches, and has these addresses in it in place of its own.
async function placed() {
  const places = new Map();
  for (const { name, type, bytes } of await unpacked()) {
    if (type !== 'text/javascript') {
      places.set(name, address(bytes, type));
      continue;
    }
    let text = new TextDecoder().decode(bytes);
    for (const [file, place] of places) {
      text = text.replaceAll(`new URL("./${file}",import.meta.url)`, JSON.stringify(place));
    }
    places.set(name, address(text, type));
  }
  return places;
}

async function define() {
  // Another copy, or the page around the notebook, has them already.
  if (customElements.get('trilane-race')) return;
  const places = await placed();
  const at = ([file, hash]) => (hash ? [places.get(file), hash] : [places.get(file)]);
  const files = {
    // There is no page behind the elements that a link could lead to.
    home: '', style: at(FILES.style), wasm: at(FILES.wasm), scripts: FILES.scripts.map(at),
    labels: Object.fromEntries(Object.entries(FILES.labels).map(([code, file]) => [code, at(file)])),
  };
  const script = SCRIPT.replace(TOLD, () => `const FILES = ${JSON.stringify(files)};`);
  await import(address(script, 'text/javascript'));
}

function defined() {
  globalThis[SHARED] ??= define();
  // Whoever comes later may have more luck.
  globalThis[SHARED].catch(() => { globalThis[SHARED] = undefined; });
  return globalThis[SHARED];
}

// Keys that sliders and buttons are moved by stay with them: Jupyter would go to another cell, but leaves alone what
// has this attribute. All others, also these with Shift, are the notebook's.
function kept(element) {
  return ({ key, altKey, ctrlKey, metaKey, shiftKey }) => {
    element.toggleAttribute('data-lm-suppress-shortcuts', KEYS.has(key) && !(altKey || ctrlKey || metaKey || shiftKey));
  };
}

function told(el, words) {
  const problem = document.createElement('pre');
  problem.setAttribute('role', 'alert');
  problem.textContent = words;
  el.append(problem);
}

// An element and a model that keep each other as they are. `heard` adds a listener for as long as it is shown.
function joined(element, model, heard) {
  const say = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  for (const [name, written] of Object.entries(ATTRIBUTES)) {
    const set = () => {
      const text = written(model.get(name) ?? '');
      if (text) element.setAttribute(name, text);
      else element.removeAttribute(name);
    };
    set();
    heard(`change:${name}`, set);
  }
  if (model.get('kind') !== 'choose') element.scenario = model.get('scenario');
  heard('change:scenario', () => {
    if (model.get('scenario') !== element.scenario) element.scenario = model.get('scenario');
  });
  heard('change:playhead_ns', () => {
    const at = model.get('playhead_ns');
    if (at !== null && at !== element.at) element.seek(at);
  });
  heard('change:playing', () => {
    if (model.get('playing') !== element.playing) element[model.get('playing') ? 'play' : 'pause']();
  });
  const moved = ({ type, detail }) => {
    say({ playhead_ns: Math.round(detail.at), ...(type !== 'seek' && { playing: type === 'play' }) });
  };
  for (const name of ['seek', 'play', 'pause']) element.addEventListener(name, moved);
  element.addEventListener('changed', ({ detail }) => say({ scenario: detail.scenario }));
  element.addEventListener('ready', ({ detail }) => say({ result: detail, problem: '' }));
  element.addEventListener('problem', ({ detail }) => say({ problem: detail.problem }));
}

async function render({ model, el }) {
  const off = [];
  const heard = (name, call) => {
    model.on(name, call);
    off.push(() => model.off(name, call));
  };
  try {
    await defined();
    const element = document.createElement(`trilane-${model.get('kind')}`);
    const keep = kept(element);
    // Before anybody else hears of it.
    window.addEventListener('keydown', keep, true);
    off.push(() => window.removeEventListener('keydown', keep, true));
    joined(element, model, heard);
    el.append(element);
  } catch (error) {
    told(el, `Trilane cannot be shown here: ${error instanceof Error ? error.message : error}`);
  }
  return () => off.forEach((end) => end());
}

export default { render };
