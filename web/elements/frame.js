// Trilane in an iframe: the address behind the `#` says which element, `#kind=race&example=web-scraping`, and
// what stands on it. Nothing of it is sent anywhere. The frame tells its host how high it is; docs/EMBED.md.

const given = new URLSearchParams(location.hash.slice(1));
const kind = given.get('kind') ?? 'race';
const isKnown = /^[a-z]+$/.test(kind) && customElements.get(`trilane-${kind}`);
const element = document.createElement(isKnown ? `trilane-${kind}` : 'p');
if (!isKnown) element.textContent = `Trilane: \`kind\` is ${kind}, and there are race, timeline, kitchen, choose and quiz.`;
for (const [name, value] of given) {
  // A name that cannot be an attribute's is nobody's.
  if (name !== 'kind' && /^[a-z]+$/.test(name)) element.setAttribute(name, value);
}
if (given.has('lang')) document.documentElement.lang = given.get('lang');
element.style.margin = '0';
document.body.append(element);

// Nobody has been heard yet: a height is no secret. Then it goes to that origin alone.
let host = '*';
const tell = (type, more = {}) => {
  if (parent === window) return;
  parent.postMessage({ type, v: 1, height: document.documentElement.getBoundingClientRect().height, ...more }, host);
};
addEventListener('message', ({ source, origin, data }) => {
  if (source !== parent || data?.type !== 'trilane:ping') return;
  // A host without an origin of its own, a file say, is `null`, to which nothing can be addressed.
  host = origin === 'null' ? '*' : origin;
  tell('trilane:ready', { pong: true });
});
new ResizeObserver(() => tell('trilane:height')).observe(document.documentElement);
element.addEventListener('ready', () => tell('trilane:ready'));
