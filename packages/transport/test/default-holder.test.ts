import { defaultHolder } from '@escarp/transport/client';
import { describe, expect, it } from 'vitest';

describe('the default name of a holder', () => {
  it.each([
    ['alice', { worktree: 'escarp', branch: 'feature-x' }, 'alice@escarp-feature-x'],
    ['claude-code', { worktree: 'feature-x', branch: 'feature-x' }, 'claude-code@feature-x'],
    ['alice', { worktree: 'escarp-feature-x', branch: 'feature-x' }, 'alice@escarp-feature-x'],
    ['alice', { worktree: 'x', branch: 'feature/x' }, 'alice@x-feature-x'],
    ['alice', { worktree: 'notes' }, 'alice@notes'],
    ['alice', { worktree: '' }, 'alice'],
    ['Claude Code (beta)', { worktree: 'a b', branch: 'fix\u001b[31m' }, 'Claude-Code-beta@a-b-fix-31m'],
  ])('of %s in %j is %s', (who, place, name) => {
    expect(defaultHolder(who, place)).toBe(name);
  });

  it('is one line of limited length that the daemon accepts, whatever it is made from', () => {
    const name = defaultHolder('\n\u202e', { worktree: '👩‍👩‍👧'.repeat(99), branch: '語'.repeat(300) });
    expect(Array.from(name).length).toBeLessThanOrEqual(60);
    expect(name).not.toMatch(/[\n\u202e]|\p{Surrogate}/u);
    expect(defaultHolder('', { worktree: '///' })).not.toBe('');
  });
});
