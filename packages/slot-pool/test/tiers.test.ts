import { writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultResetPolicy } from '../src/index.js';
import type { SlotFacts, Tier } from '../src/index.js';
import { makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';

const deadline = { deadlineMs: 60_000 };

it('each have a reset of their own', () => {
  expect(defaultResetPolicy('autonomous', false)).toBe('recycle');
  expect(defaultResetPolicy('autonomous', true)).toBe('storage');
  expect(defaultResetPolicy('delegated', false)).toBe('recycle');
  expect(defaultResetPolicy('supervised', true)).toBe('tabs');
});

describe('the tier of a slot', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;

  afterEach(() => fixture.end());

  async function launched(tier: Tier): Promise<SlotFacts> {
    fixture = await makePoolFixture({ spec: { tier } });
    return fixture.pool.launch(0);
  }

  it.each(['autonomous', 'delegated', 'supervised'] as const)(
    'is in its facts and its path: %s',
    async (tier) => {
      const facts = await launched(tier);
      expect(facts).toMatchObject({ tier, profile: join(fixture.home, 'profiles', tier, 'slot-0') });
    },
  );

  it('supervised keeps its profile through every reset, and when it is stopped', async () => {
    const { profile } = await launched('supervised');
    await writeFile(join(profile, 'mine'), 'kept');
    for (const policy of ['tabs', 'recycle'] as const) await fixture.pool.reset(0, policy, deadline);
    await fixture.pool.stop(0);
    await fixture.pool.launch(0);
    expect(await readFile(join(profile, 'mine'), 'utf8')).toBe('kept');
  });
});
