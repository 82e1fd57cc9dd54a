import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJournal, encodeRecord } from '../src/index.js';

const records = [{ a: 1 }, { text: 'Grüße, 世界 🙂 \u2028\n' }, [], null, 'x'];
const journal = records.map(encodeRecord);

describe('the journal codec', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const text = values.map(encodeRecord).join('');
        const { records: read, wholeLength, damage } = decodeJournal(text);
        expect(JSON.stringify(read)).toBe(JSON.stringify(values));
        expect({ wholeLength, damage }).toEqual({ wholeLength: text.length, damage: 'none' });
      }),
    );
  });

  it('writes one line of ASCII for each record', () => {
    for (const line of journal) expect(line).toMatch(/^[0-9a-f]{8} [\x20-\x7e]*\n$/);
  });

  it('writes the CRC-32 that everybody computes', () => {
    expect(encodeRecord(123456789)).toBe('cbf43926 123456789\n');
  });

  it('keeps every whole record when the file is cut at any byte', () => {
    const text = journal.join('');
    for (let cut = 0; cut <= text.length; cut++) {
      const { records: read, wholeLength, damage } = decodeJournal(text.slice(0, cut));
      const whole = ends(journal).filter((end) => end <= cut);
      expect(read).toEqual(records.slice(0, whole.length));
      expect(wholeLength).toBe(whole.at(-1) ?? 0);
      expect(damage).toBe(cut === wholeLength ? 'none' : 'torn_tail');
    }
  });

  it('believes no record of which a single byte has changed', () => {
    const text = journal[0]!;
    for (let at = 0; at < text.length; at++) {
      const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      expect(decodeJournal(flipped).records).toEqual([]);
    }
  });

  it('takes a last record that has its end and is damaged for damage, not for a torn tail', () => {
    const last = journal.at(-1)!;
    const bad = journal.join('').slice(0, -last.length) + last.replace(/.(?=.\n)/, '~');
    expect(decodeJournal(bad)).toMatchObject({ damage: 'corrupt' });
    expect(decodeJournal(bad.slice(0, -1))).toMatchObject({ damage: 'torn_tail' });
  });

  it('tells damage in the middle from a torn tail, and stops before it', () => {
    const bad = journal.with(1, journal[1]!.replace('text', 'tent')).join('');
    expect(decodeJournal(bad)).toEqual({
      records: [records[0]],
      wholeLength: journal[0]!.length,
      damage: 'corrupt',
    });
  });
});

function ends(lines: readonly string[]): number[] {
  let end = 0;
  return lines.map((line) => (end += line.length));
}
