import { describe, expect, it } from 'vitest';
import { screenshotsWish } from '../../src/screenshots/wanted-screenshots.js';

const scope = { holder: 'agent' };

describe('screenshots of a lease', () => {
  it.each([
    ['are none unless somebody asks', {}, 'on-request', undefined],
    ['are taken when its holder asks', { screenshots: 'on' }, 'on-request', 'on'],
    ['are kept when its holder asks', { screenshots: 'keep' }, 'on', 'keep'],
    ['are taken when the operator wants them of every lease', {}, 'keep', 'keep'],
    ['are none when its holder wants none', { screenshots: 'off' }, 'on', undefined],
    ['are none of one that is signed in, unless it asks itself', { login: 'shop' }, 'on', undefined],
    ['are taken of one that is signed in and asks', { login: 'shop', screenshots: 'on' }, 'on-request', 'on'],
    ['are none of one that was handed over, unless it asks itself', { handoff: 'code' }, 'on', undefined],
  ] as const)('%s', (_, wish, screenshots, expected) => {
    expect(screenshotsWish({ scope, ...wish }, { screenshots }, true)).toBe(expected);
  });

  it.each([
    ['the operator forbids them', 'off', true],
    ['no program could take them', 'on-request', false],
  ] as const)('are refused, not left out, when %s', (_, screenshots, canBeTaken) => {
    const refused = expect.objectContaining({ code: 'bad_request', details: { field: 'screenshots' } });
    expect(() => screenshotsWish({ scope, screenshots: 'on' }, { screenshots }, canBeTaken)).toThrow(refused);
    expect(screenshotsWish({ scope }, { screenshots }, canBeTaken)).toBeUndefined();
  });
});
