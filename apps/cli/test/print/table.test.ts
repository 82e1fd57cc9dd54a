import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { shortenedInside } from '../../src/print/fitted.js';
import { renderTable, type Column } from '../../src/print/table.js';
import type { Terminal } from '../../src/print/terminal.js';

interface Slot {
  slot: number;
  state: string;
  holder: string;
  url: string;
}

const columns: Column<Slot>[] = [
  { header: 'SLOT', value: ({ slot }) => String(slot), align: 'right', rank: 0 },
  { header: 'STATE', value: ({ state }) => state, rank: 0, tone: () => 'good' },
  { header: 'HOLDER', value: ({ holder }) => holder, rank: 1, widthMin: 8 },
  { header: 'URL', value: ({ url }) => url, rank: 2 },
];
const rows: Slot[] = [
  { slot: 0, state: 'leased', holder: 'claude in feature-login', url: 'http://127.0.0.1:9222' },
  { slot: 11, state: 'free', holder: '', url: 'http://127.0.0.1:9233' },
];
const wide: Terminal = { columns: Infinity, colours: false, unicode: false };

describe('a table', () => {
  it('shows every column where there is room, aligned, with no space at the ends of lines', () => {
    expect(renderTable(columns, rows, wide)).toEqual([
      'SLOT  STATE   HOLDER                   URL',
      '   0  leased  claude in feature-login  http://127.0.0.1:9222',
      '  11  free                             http://127.0.0.1:9233',
    ]);
  });

  it('shortens what may be shortened before it drops a column', () => {
    const [, line] = renderTable(columns, rows, { ...wide, columns: 50, unicode: true });
    expect(line).toBe('   0  leased  claude in fe…  http://127.0.0.1:9222');
  });

  it('drops the column of the highest rank when the terminal is narrow', () => {
    expect(renderTable(columns, rows, { ...wide, columns: 30 })).toEqual([
      'SLOT  STATE   HOLDER',
      '   0  leased  claude in feat..',
      '  11  free',
    ]);
  });

  it('becomes cards where not even the essential columns fit', () => {
    expect(renderTable(columns, rows, { ...wide, columns: 11 })).toEqual([
      'SLOT: 0',
      'STATE:',
      'leased',
      'HOLDER:',
      'claude in',
      'feature-log',
      'in',
      'URL:',
      'http://127.',
      '0.0.1:9222',
      '',
      'SLOT: 11',
      'STATE: free',
      'URL:',
      'http://127.',
      '0.0.1:9233',
    ]);
  });

  it('counts wide characters as the terminal does', () => {
    const holders = [
      { ...rows[0]!, holder: '山田太郎' },
      { ...rows[0]!, holder: 'ab' },
    ];
    const lines = renderTable(columns.slice(1), holders, wide);
    expect(lines[1]).toBe('leased  山田太郎  http://127.0.0.1:9222');
    expect(lines[2]).toBe('leased  ab        http://127.0.0.1:9222');
  });

  it('obeys no escape sequence in its data', () => {
    const lines = renderTable(columns, [{ ...rows[0]!, holder: '\u001b[2J\u001b]0;x\u0007' }], wide);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });

  it('colours cells, not gaps, where there are colours', () => {
    const [, line] = renderTable(columns.slice(0, 2), rows, { ...wide, colours: true });
    expect(line).toBe('   0  \u001b[32mleased\u001b[39m');
  });

  it('has no line wider than the terminal, whatever the data and the width', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    const row = fc.record({ slot: fc.nat(), state: text, holder: text, url: text });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 4 }),
        fc.integer({ min: 1, max: 120 }),
        fc.boolean(),
        (data, width, unicode) => {
          for (const line of renderTable(columns, data, { columns: width, colours: false, unicode })) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});

describe('text shortened in the middle', () => {
  it('keeps its beginning and its end, and never half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 3, max: 30 }),
        (text, width) => {
          const short = shortenedInside(text, width, { ...wide, unicode: true });
          expect(stringWidth(short)).toBeLessThanOrEqual(Math.max(width, 0));
          expect(stringWidth(text) > width || short === text).toBe(true);
        },
      ),
    );
    expect(shortenedInside('alice@shop-fix-login', 12, { ...wide, unicode: true })).toBe('alice…-login');
    expect(shortenedInside('alice@shop-fix-login', 12, wide)).toBe('alic..-login');
  });
});
