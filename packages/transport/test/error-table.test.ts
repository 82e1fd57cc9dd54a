import { errorWords } from '@escarp/contract';
import {
  errorsPage,
  errorTable,
  isErrorCode,
  OperationError,
  type ErrorCode,
  type ErrorEntry,
} from '@escarp/transport';
import { describe, expect, it } from 'vitest';
import { errorFromWire } from '../src/wire/error-from-wire.js';
import { errorToWire } from '../src/wire/error-to-wire.js';

const entries = Object.entries(errorTable) as [ErrorCode, ErrorEntry][];

describe('the error table', () => {
  it('is what docs/errors.md shows (pnpm docs writes it)', async () => {
    await expect(errorsPage()).toMatchFileSnapshot('../../../docs/errors.md');
  });

  it.each(entries)('%s is one sentence with a next step', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(entry.message).toMatch(/^[A-Z][^.]*\.$/);
    expect(entry.hint).toMatch(/^[A-Z].*[.)]$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
  });

  it.each(entries)('%s mentions no field of the wire on the command line', (code) => {
    const { message, hint } = errorWords(code, 'cli');
    expect(message).toMatch(/^[A-Z][^.]*\.$/);
    expect(hint).toMatch(/^[A-Z].*[.)]$/);
    // Words of the wire contain an underscore; those of the environment are upper case.
    expect(`${message} ${hint}`).not.toMatch(/\b[a-z]+_[a-z_]+\b|Authorization|Content-Type/);
  });

  it.each(entries)('%s does not offer a model only a command that it cannot run', (code) => {
    const { hint } = errorWords(code, 'mcp');
    expect(hint).not.toMatch(/^Start one with escarp|with --/);
  });

  it('lets a surface use its own words for what came over HTTP, unless a more exact text came with it', () => {
    const general = errorFromWire({ error: 'slot_leased', ...errorWords('slot_leased', 'http') });
    expect(general?.wordsOn('cli').hint).toContain('--wait');
    expect(general?.wordsOn('mcp').hint).toContain('wait_s');
    const exact = errorFromWire({
      error: 'slot_leased',
      message: 'Slot 1 is leased to ada.',
      hint: 'Ask ada.',
    });
    expect(exact?.wordsOn('cli')).toEqual({ message: 'Slot 1 is leased to ada.', hint: 'Ask ada.' });
  });

  it('knows no code that is not in it', () => {
    expect(isErrorCode('pool_exhausted')).toBe(true);
    for (const no of ['toString', '__proto__', 'constructor', '', 7, null])
      expect(isErrorCode(no)).toBe(false);
  });

  it.each(entries)('%s survives the wire', (code) => {
    const sent = new OperationError(code, {
      message: 'Said.',
      hint: 'Do.',
      retryAfterS: 2,
      details: { endedAt: 1 },
    });
    const received = errorFromWire(JSON.parse(JSON.stringify(errorToWire(sent))));
    expect(received).toMatchObject({
      code,
      message: 'Said.',
      hint: 'Do.',
      retry: sent.retry,
      retryAfterS: 2,
      details: { endedAt: 1 },
      exitCode: errorTable[code].exit,
    });
  });
});
