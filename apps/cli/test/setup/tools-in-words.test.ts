import { describe, expect, it } from 'vitest';
import { toolsInWords } from '../../src/setup/tools-in-words.js';

describe('the tools of a registered server', () => {
  it.each([
    [['escarp_acquire'], 'escarp_acquire'],
    [['escarp_acquire', 'escarp_status', 'escarp_release'], 'escarp_acquire and 2 more of its own'],
    [['click', 'escarp_acquire', 'navigate'], 'escarp_acquire, and 2 page tools'],
    [['click'], '1 page tool'],
  ])('%j are told as: %s', (tools, words) => {
    expect(toolsInWords(tools)).toBe(words);
  });

  it('cannot move the cursor, or turn the direction of what is printed', () => {
    const words = toolsInWords(['escarp_\u001b[2J\u202e\n', 'escarp_status']);
    expect(words).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(words).toContain('and 1 more of its own');
  });
});
