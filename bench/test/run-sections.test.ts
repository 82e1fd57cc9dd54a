import { describe, expect, it } from 'vitest';
import { effort } from '../src/effort.js';
import { runSections } from '../src/run-sections.js';
import type { Section } from '../src/section.js';

const works = (name: string): Section => ({
  name,
  title: name,
  measure: async (context) => void context.row({ name: 'x', unit: 'ms', values: [1] }),
});
const breaks: Section = {
  name: 'breaks',
  title: 'breaks',
  measure: async (context) => {
    context.row({ name: 'before', unit: 'ms', values: [1] });
    throw new Error('There is no browser.');
  },
};

describe('a section that fails', () => {
  it('keeps what it measured, says why, and takes no other along', async () => {
    const finished: string[] = [];
    const results = await runSections([works('first'), breaks, works('last')], {
      browser: '/nowhere',
      effort: effort('smoke'),
      lendPool: async () => Promise.reject(new Error('There is no pool.')),
      say: () => {},
      finished: ({ name }) => void finished.push(name),
    });
    expect(finished).toEqual(['first', 'breaks', 'last']);
    expect(results.map(({ failure }) => failure)).toEqual([undefined, 'There is no browser.', undefined]);
    expect(results.map(({ rows }) => rows.length)).toEqual([1, 1, 1]);
  });
});
