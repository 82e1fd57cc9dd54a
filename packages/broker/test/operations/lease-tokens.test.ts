import { describe, expect, it } from 'vitest';
import { createLeaseTokens } from '../../src/operations/lease-tokens.js';

describe('lease tokens', () => {
  const tokens = createLeaseTokens('a secret');

  it('are the same for the same lease after a restart with the same secret', () => {
    expect(createLeaseTokens('a secret').tokenOf('lease-1')).toBe(tokens.tokenOf('lease-1'));
  });

  it('differ by lease, by secret and by purpose', () => {
    const all = [
      tokens.tokenOf('lease-1'),
      tokens.tokenOf('lease-2'),
      tokens.handoffOf('lease-1'),
      createLeaseTokens('another secret').tokenOf('lease-1'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('have 256 bits and are unrelated to their digest', () => {
    const token = tokens.tokenOf('lease-1');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokens.digestOf(token)).not.toContain(token);
    expect(tokens.digestOf(token)).toBe(tokens.digestOf(token));
  });
});
