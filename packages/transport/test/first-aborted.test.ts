import { getEventListeners } from 'node:events';
import { firstAborted } from '@escarp/transport';
import { describe, expect, it } from 'vitest';

describe('the first of several signals', () => {
  const setUp = () => {
    const [one, two, over] = [new AbortController(), new AbortController(), new AbortController()];
    const listeners = () => [one, two, over].map(({ signal }) => getEventListeners(signal, 'abort').length);
    return { one, two, over, listeners };
  };

  it.each(['one', 'two', 'over'] as const)(
    'aborts with %s, and leaves nothing behind in the others',
    (which) => {
      const { listeners, ...controllers } = setUp();
      const { one, two, over } = controllers;
      const first = firstAborted([one.signal, two.signal], over.signal);
      expect(first.aborted).toBe(false);
      controllers[which].abort();
      expect(first.aborted).toBe(true);
      expect(listeners()).toEqual([0, 0, 0]);
    },
  );

  it('is aborted from the start if one of them is', () => {
    const { one, two, over, listeners } = setUp();
    two.abort();
    expect(firstAborted([one.signal, two.signal], over.signal).aborted).toBe(true);
    expect(listeners()).toEqual([0, 0, 0]);
  });
});
