// Runs axe-core on a page, as it is shown now: WCAG 2 A and AA, and what axe calls best practice.
//
//   const { accessible } = require('./axe.js');
//   await accessible(page, 'the Lab in dark');
//
// `page` is playwright's. Fails with every finding: the rule, the element, what is wrong with it.
'use strict';

const fs = require('fs');

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function accessible(page, what, exclude = []) {
  if (!await page.evaluate(() => Boolean(globalThis.axe))) {
    // Not as a script of the page: its content security policy may refuse those.
    await page.evaluate(fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  }
  const violations = await page.evaluate(async ([values, without]) => {
    const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'] };
    return (await globalThis.axe.run({ include: document, exclude: without.map((one) => [one]) }, options)).violations;
  }, [RULES, exclude]);
  if (!violations.length) return;
  const told = violations.flatMap(({ id, help, impact, nodes }) => [
    `${id} (${impact}): ${help}`,
    ...nodes.map(({ target, failureSummary, html }) => {
      const why = failureSummary.split('\n').slice(1).map((line) => line.trim()).join('; ');
      return `    ${target.join(' ')}: ${why}\n        ${html.slice(0, 160)}`;
    }),
  ]);
  throw new Error(`axe finds in ${what}:\n${told.join('\n')}`);
}

module.exports = { accessible };
