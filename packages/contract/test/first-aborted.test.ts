import { getEventListeners, once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { firstAborted, withTimeLimit } from '../src/index.js';
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

  it('adds one listener to a signal, however many wait for it, and tells them all', () => {
    const { one, two, over, listeners } = setUp();
    const firsts = Array.from({ length: 20 }, () => firstAborted([one.signal, two.signal], over.signal));
    const others = Array.from({ length: 20 }, () => firstAborted([one.signal], two.signal));
    expect(listeners()).toEqual([1, 1, 1]);
    over.abort();
    expect(firsts.every(({ aborted }) => aborted)).toBe(true);
    expect(others.some(({ aborted }) => aborted)).toBe(false);
    expect(listeners()).toEqual([1, 1, 0]);
    one.abort();
    expect(others.every(({ aborted }) => aborted)).toBe(true);
    expect(listeners()).toEqual([0, 0, 0]);
  });

  it('tells for which reason', () => {
    const { one, two, over } = setUp();
    const first = firstAborted([one.signal, two.signal], over.signal);
    two.abort('two');
    expect(first.reason).toBe('two');
  });
});

describe('a time limit', () => {
  const forEver = (signal: AbortSignal) => once(signal, 'abort').then(() => 'aborted');

  it('passes although garbage is collected before it', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const limited = withTimeLimit(50, new AbortController().signal, forEver);
    collectGarbage();
    expect(await limited).toBe('aborted');
  });

  it('ends with the signal that was given', async () => {
    const given = new AbortController();
    const limited = withTimeLimit(60_000, given.signal, forEver);
    given.abort();
    expect(await limited).toBe('aborted');
    expect(getEventListeners(given.signal, 'abort')).toEqual([]);
  });

  it('passes on how the work ended, and leaves nothing behind', async () => {
    const given = new AbortController();
    expect(await withTimeLimit(60_000, given.signal, async () => 'done')).toBe('done');
    await expect(withTimeLimit(60_000, given.signal, () => Promise.reject(new Error('bad')))).rejects.toThrow(
      'bad',
    );
    expect(getEventListeners(given.signal, 'abort')).toEqual([]);
  });
});
