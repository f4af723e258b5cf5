// The scenario's text in CodeMirror: a module of its own, which the page loads when it first needs it.
//
//   open(parent, { text, label, dark, onChange, describedBy, nonce })
//     -> { set(text), problems(list), dark(bool), focus(), destroy() }
//
// `onChange(text)` is called for what a visitor changes, never for `set`. A problem is
// `{ line, column, length, message }`: line and column from 1, column and length in characters, as
// Trilane's own problems have them. `describedBy` holds ids of what describes the field besides the
// line on its keys, `nonce` is that of a strict content security policy.
//
// Put together from CodeMirror's parts, because its ready-made set is twice as large.

import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState, Transaction } from '@codemirror/state';
import {
  EditorView, drawSelection, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

import { languageOf } from './languages.js';

const CTRL = /Mac|iP/.test(navigator.platform) ? 'Cmd' : 'Ctrl';
const KEYS = `Tab indents; Escape, then Tab, leaves. ${CTRL}+F finds. F8 goes to the next problem.`;

// After Escape, Tab goes on until another key is pressed; CodeMirror's own two seconds are few.
const TAB_GOES_ON_MS = 3_600_000;

// What the page set itself, which it need not be told of.
const bySet = Annotation.define();

// Each colour has a contrast of at least 4.5 to the panel's ground, and to that of what is selected.
const COLOURS = {
  light: { key: '#00558a', text: '#0a5f45', number: '#8a3a00', atom: '#673c83' },
  dark: { key: '#7dbdec', text: '#5ccba2', number: '#f0a36b', atom: '#caa9e4' },
};

const highlighting = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-text)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.atom, color: 'var(--code-atom)' },
  { tag: tags.heading, fontWeight: 'bold' },
  { tag: tags.comment, color: 'var(--mute)', fontStyle: 'italic' },
]);

const look = (dark) => {
  const colours = Object.entries(COLOURS[dark ? 'dark' : 'light']);
  return EditorView.theme({ '&': Object.fromEntries(colours.map(([name, value]) => [`--code-${name}`, value])) }, { dark });
};

const tint = (part) => `color-mix(in srgb, var(--accent) ${part}%, var(--panel))`;

const style = EditorView.theme({
  '&': {
    backgroundColor: 'var(--panel)', color: 'var(--ink)', border: '1px solid var(--rule)', borderRadius: '9px',
    fontSize: '12.5px', maxHeight: 'min(75vh, 44rem)', minWidth: '0',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': {
    fontFamily: "'JetBrains Mono', ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace", lineHeight: '1.5',
    borderRadius: 'inherit',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink)', minHeight: '8em' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--mute)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 6px', minWidth: '24px' },
  '.cm-gutter-lint': { width: '12px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0' },
  '.cm-lint-marker': { width: '10px', height: '10px', marginTop: '.3em' },
  '.cm-lint-marker-error': { content: 'none', backgroundColor: 'var(--warn)', borderRadius: '50%' },
  '.cm-lintRange-error': {
    backgroundImage: 'none', textDecoration: 'underline wavy var(--warn)', textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--warn)' },
  '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'pre-line', maxWidth: 'min(34rem, 84vw)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--warn)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: tint(14),
  },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': {
    backgroundColor: tint(14), outline: '1px solid var(--accent)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent', color: 'var(--warn)' },
  '.cm-searchMatch': { backgroundColor: tint(10), outline: '1px solid var(--rule)' },
  '.cm-searchMatch-selected': { backgroundColor: tint(14), outline: '1px solid var(--accent)' },
  '.cm-selectionMatch': { backgroundColor: tint(10) },
  '.cm-panels, .cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--ink)', borderColor: 'var(--rule)' },
  '.cm-tooltip': { border: '1px solid var(--rule)', borderRadius: '8px' },
  '.cm-panels-top': { borderBottom: '1px solid var(--rule)', borderRadius: '9px 9px 0 0' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--rule)', borderRadius: '0 0 9px 9px' },
  '.cm-panel.cm-search': { padding: '6px 30px 6px 8px' },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: tint(14) },
  '.cm-panel.cm-panel-lint button, .cm-panel.cm-search [name=close]': { color: 'var(--ink)' },
  '.cm-textfield, .cm-button': {
    backgroundImage: 'none', backgroundColor: 'var(--panel)', border: '1px solid var(--rule)', borderRadius: '6px',
    color: 'inherit', fontSize: '12.5px', padding: '3px 7px',
  },
});

// What differs between two texts, as one change: the cursor stays where it is in what is equal.
function change(old, text) {
  let from = 0;
  const shorter = Math.min(old.length, text.length);
  while (from < shorter && old[from] === text[from]) from += 1;
  let same = 0;
  while (same < shorter - from && old.at(-1 - same) === text.at(-1 - same)) same += 1;
  return { from, to: old.length - same, insert: text.slice(from, text.length - same) };
}

// The place of a character, counted from 1, in UTF-16; at most the line's end.
function offset(line, character) {
  let at = 0;
  for (const one of line.text) {
    if (character <= 1) break;
    // Trilane counts no byte order mark.
    if (at || line.number > 1 || one !== '\uFEFF') character -= 1;
    at += one.length;
  }
  return line.from + at;
}

function diagnostic(doc, { line: number, column, length, message }) {
  const line = doc.line(Math.max(1, Math.min(number || 1, doc.lines)));
  const start = column || 1;
  const from = offset(line, start);
  return { from, to: Math.max(from, offset(line, start + (length || 1))), severity: 'error', message };
}

const lines = (text) => text.replace(/\r\n?/g, '\n');

export function open(parent, { text = '', label, dark = false, onChange, describedBy = '', nonce = '' }) {
  const hint = document.createElement('p');
  hint.className = 'editor-keys';
  hint.id = `editor-keys-${Math.random().toString(36).slice(2)}`;
  hint.textContent = KEYS;
  Object.assign(hint.style, { color: 'var(--mute)', fontSize: '12.5px', margin: '4px 0 0' });
  const theme = new Compartment();
  const language = new Compartment();
  let spoken = languageOf(text);
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce), theme.of(look(dark)), style, language.of(spoken), syntaxHighlighting(highlighting),
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), drawSelection(), history(),
        bracketMatching(), highlightSelectionMatches(), search({ top: true }), lintGutter(),
        keymap.of([...searchKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.contentAttributes.of({
          // One can type into it, so it is focusable without this; not every checker knows.
          tabindex: '0', 'aria-label': label, 'aria-describedby': `${hint.id} ${describedBy}`.trim(), 'data-field': 'scenario',
        }),
        EditorView.domEventHandlers({
          keyup: (event, self) => event.key === 'Escape' && self.setTabFocusMode(TAB_GOES_ON_MS),
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          const now = update.state.doc.toString();
          if (languageOf(now) !== spoken) {
            spoken = languageOf(now);
            // Not while the view is in the middle of an update.
            queueMicrotask(() => view.dispatch({ effects: language.reconfigure(spoken) }));
          }
          if (!update.transactions.some((one) => one.annotation(bySet))) onChange?.(now);
        }),
      ],
    }),
  });
  parent.append(hint);
  return {
    set(wanted) {
      const old = view.state.doc.toString();
      const next = lines(wanted);
      if (next === old) return;
      view.dispatch({
        changes: change(old, next), annotations: [bySet.of(true), Transaction.addToHistory.of(false)],
      });
    },
    problems(list) {
      const { doc } = view.state;
      view.dispatch(setDiagnostics(view.state, list.map((one) => diagnostic(doc, one))));
    },
    dark(on) {
      view.dispatch({ effects: theme.reconfigure(look(on)) });
    },
    focus() {
      view.focus();
    },
    destroy() {
      view.destroy();
      hint.remove();
    },
  };
}
