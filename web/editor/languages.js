// TOML and JSON for CodeMirror, as far as colours and matching brackets need them.
//
// CodeMirror's own TOML mode colours no keys within inline tables, of which scenarios are full.

import { StreamLanguage } from '@codemirror/language';

const JSON_KEY = /^"(?:[^"\\]|\\.)*"(?=\s*:)/;
const TOML_KEY = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)/;
const HEADER = /^\[\[?[^\]#]*\]?\]?/;
const TEXT = /^(?:"(?:[^"\\]|\\.)*"?|'[^']*'?)/;
const WORD = /^[+-]?(?:true|false|null|inf|nan)(?![\w-])/;
const NUMBER = /^[+-]?\.?\d[\w.:+-]*/;

// The rest of a text in three quotes: to its end, or to the line's.
function long(stream, state) {
  while (!stream.eol()) {
    if (stream.match(state.quotes)) {
      state.quotes = '';
      break;
    }
    if (stream.next() === '\\' && state.quotes === '"""') stream.next();
  }
  return 'string';
}

function value(stream, state, json) {
  const quotes = !json && stream.match(/^(?:"""|''')/);
  if (quotes) {
    state.quotes = quotes[0];
    return long(stream, state);
  }
  if (stream.match(TEXT)) return 'string';
  if (stream.match(WORD)) return 'atom';
  if (stream.match(NUMBER)) return 'number';
  const one = stream.next();
  if (one === '{' || one === '[') state.open.push(one);
  if (one === '}' || one === ']') state.open.pop();
  // A table's keys begin after its brace and after its commas.
  if (one === '{' || one === ',') state.key = state.open.at(-1) === '{';
  return '{}[]'.includes(one) ? 'bracket' : null;
}

function token(stream, state, json) {
  if (state.quotes) return long(stream, state);
  if (stream.sol() && !state.open.length) state.key = state.fresh = true;
  if (stream.eatSpace()) return null;
  const fresh = state.fresh;
  state.fresh = false;
  if (json) return stream.match(JSON_KEY) ? 'propertyName' : value(stream, state, json);
  if (stream.peek() === '#') {
    stream.skipToEnd();
    return 'comment';
  }
  if (fresh && stream.match(HEADER)) return 'heading';
  if (state.key && stream.match(TOML_KEY)) return 'propertyName';
  if (stream.eat('=')) {
    state.key = false;
    return null;
  }
  return value(stream, state, json);
}

const language = (name, json) => StreamLanguage.define({
  name,
  startState: () => ({ open: [], quotes: '', key: true, fresh: true }),
  copyState: (state) => ({ ...state, open: [...state.open] }),
  token: (stream, state) => token(stream, state, json),
  languageData: json ? {} : { commentTokens: { line: '#' } },
});

const toml = language('toml', false);
const json = language('json', true);

// The language of a scenario, as Trilane itself tells them apart.
export const languageOf = (text) => (/^\uFEFF?\s*\{/.test(text) ? json : toml);
