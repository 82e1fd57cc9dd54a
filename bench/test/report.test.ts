import { describe, expect, it } from 'vitest';
import { docsPage } from '../src/report/docs-page.js';
import { plotsOf } from '../src/report/plots.js';
import { reasonFor } from '../src/report/reasons.js';
import { sectionLines } from '../src/report/print-table.js';
import type { Results } from '../src/report/results.js';
import type { Row } from '../src/row.js';
import { isLost, rowOf } from '../src/row.js';
import { sections } from '../src/sections/index.js';

const machine = {
  at: '2000-01-01T00:00:00.000Z',
  load: 0.1,
  processor: 'a processor',
  cores: 2,
  memoryGb: 8,
  system: 'linux',
  revision: 'abc',
  versions: { node: '20' },
};
const rival = rowOf('page', {
  name: 'chromium.launch, 1 at once',
  unit: 'ms',
  isOurs: false,
  values: [300, 310, 320],
  point: { curve: 'chromium.launch', x: 1 },
});
const won = rowOf('page', {
  name: 'escarp lease, 1 at once',
  unit: 'ms',
  values: [100, 110, 120],
  rival,
  goal: { of: 'ratio', max: 0.5 },
  point: { curve: 'escarp lease', x: 1 },
});
const lost = rowOf('page', {
  name: 'escarp lease, 8 at once',
  unit: 'ms',
  values: [620],
  rival,
  goal: { of: 'median', max: 600 },
  point: { curve: 'escarp lease', x: 8 },
});
const middle = rowOf('page', {
  name: 'escarp lease, 4 at once',
  unit: 'ms',
  values: [200],
  point: { curve: 'escarp lease', x: 4 },
});
const results: Results = {
  effort: 'quick',
  machine,
  seconds: 1,
  sections: [
    {
      name: 'page',
      title: 'Time to a page',
      rows: [rival, won, middle, lost],
      notes: ['A note.'],
      seconds: 1,
    },
  ],
};

const beside = (better: 'less' | 'more', value: number): Row =>
  rowOf('x', { name: 'x', unit: 'ms', better, values: [value], rival });

describe('a row', () => {
  it('is lost when a time is longer or a rate lower than the rival, by more than noise', () => {
    expect(isLost(beside('less', 400))).toBe(true);
    expect(isLost(beside('less', 312))).toBe(false);
    expect(isLost(beside('more', 200))).toBe(true);
    expect(isLost(beside('more', 400))).toBe(false);
  });

  it('that is not escarp is never lost', () => {
    expect(isLost(rowOf('x', { name: 'x', unit: 'ms', isOurs: false, values: [900], rival }))).toBe(false);
  });
});

describe('the table', () => {
  it.each([70, 80, 100, 200])('fits %i columns', (columns) => {
    const lines = sectionLines([rival, won, lost], columns);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines).toHaveLength(4);
  });

  it('says which goals were met and which were missed', () => {
    const text = sectionLines([rival, won, lost], 200).join('\n');
    expect(text).toContain('met: ratio <= 0.5');
    expect(text).toContain('MISSED: median <= 600 ms');
  });
});

describe('the page for the docs', () => {
  it('says first where escarp loses', () => {
    const page = docsPage(results, []);
    expect(page).toMatch(
      /Where escarp loses, and why\n\n\S.+\n\n- escarp lease, 8 at once: 620 ms, 2.00 times chromium.launch.+; wanted median <= 600 ms/,
    );
    expect(page).not.toMatch(/^- escarp lease, 1 at once.*times/m);
  });

  it('has a reason in words for what loses in any section', () => {
    expect(reasonFor({ section: 'turnover', name: 'recycle' })).toContain('Chrome takes most of it');
    for (const { name } of sections) expect(reasonFor({ section: name, name: 'x' })).toMatch(/^[A-Z].+\.$/);
  });

  it('says at a glance what escarp gains and what it costs', () => {
    const page = docsPage(results, []);
    expect(page).toContain(
      '| First page, one agent | 110 ms | 310 ms (chromium.launch, 1 at once) | **gains**: 2.8 times better |',
    );
    expect(page).toContain(
      '| First page, 8 agents on 4 slots | 620 ms | 310 ms (chromium.launch, 1 at once) | **costs** 2.00 times as much |',
    );
  });

  it('names what was not measured to the end', () => {
    const [section] = results.sections;
    const failed = { ...results, sections: [{ ...section!, failure: 'There is no `browser`.\nat line 1' }] };
    expect(docsPage(failed, [])).toContain("- Time to a page: `There is no 'browser'.`");
    expect(docsPage(results, [])).not.toContain('Not measured');
  });

  it('has a picture for every section with curves, with a line for each of three points or more', () => {
    const plots = plotsOf(results);
    expect(plots.map(({ name }) => name)).toEqual(['time-to-page']);
    const [plot] = plots;
    expect(plot?.svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(plot?.svg).toContain('● escarp lease');
    expect(plot?.svg).not.toContain('● chromium.launch');
    expect(plot?.svg).toContain('>Time to a usable page by agents at once');
    expect(plot?.svg).not.toMatch(/NaN|undefined/);
    expect(docsPage(results, plots)).toContain('(images/time-to-page.svg)');
  });
});
