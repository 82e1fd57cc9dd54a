import { describe, expect, it } from 'vitest';
import { isReaped } from '../src/orphans.js';

describe('whether orphans are reaped', () => {
  it('is not told by one that has not ended yet, however long a busy machine takes to run it', async () => {
    const states = ['R', 'R', 'S', 'S', 'R', 'Z', undefined];
    expect(await isReaped(() => states.shift(), 40)).toBe(true);
  });

  it('is told by one that stays as a zombie', async () => {
    expect(await isReaped(() => 'Z', 40)).toBe(false);
  });
});
