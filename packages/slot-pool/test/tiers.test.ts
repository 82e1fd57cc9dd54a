import { writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultResetPolicy } from '../src/index.js';
import type { ApplyLogin, ResetPolicy, SlotFacts, Tier } from '../src/index.js';
import { devtoolsOf, makePoolFixture } from './pool-fixture.js';
import type { FixtureOptions, PoolFixture } from './pool-fixture.js';

const deadline = { deadlineMs: 20_000 };
const login = { name: 'session', value: 'saved', url: 'https://example.test/' };

const applyLogin: ApplyLogin = async ({ devtools }) => {
  await devtools.send('Storage.setCookies', { cookies: [login] });
};

it('each have a reset of their own', () => {
  expect(defaultResetPolicy('autonomous', false)).toBe('recycle');
  expect(defaultResetPolicy('autonomous', true)).toBe('storage');
  expect(defaultResetPolicy('delegated', false)).toBe('recycle');
  expect(defaultResetPolicy('supervised', true)).toBe('tabs');
});

describe('the tier of a slot', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;

  afterEach(() => fixture.end());

  async function launched(tier: Tier, options: FixtureOptions = {}): Promise<SlotFacts> {
    fixture = await makePoolFixture({ ...options, spec: { tier } });
    return fixture.pool.launch(0);
  }

  async function cookies(): Promise<string[]> {
    const devtools = await devtoolsOf(fixture.pool, 0);
    const { cookies: found } = (await devtools.send('Storage.getCookies')) as { cookies: { name: string }[] };
    devtools.close();
    await devtools.closed;
    return found.map(({ name }) => name);
  }

  async function setCookie(name: string): Promise<void> {
    const devtools = await devtoolsOf(fixture.pool, 0);
    await devtools.send('Storage.setCookies', { cookies: [{ ...login, name }] });
    devtools.close();
    await devtools.closed;
  }

  it.each(['autonomous', 'delegated', 'supervised'] as const)(
    'is in its facts and its path: %s',
    async (tier) => {
      const facts = await launched(tier);
      expect(facts).toMatchObject({ tier, profile: join(fixture.home, 'profiles', tier, 'slot-0') });
    },
  );

  it.each(['recycle', 'storage', 'tabs'] as const)(
    'delegated brings the saved login to the first holder, and to the next after %s',
    async (policy: ResetPolicy) => {
      await launched('delegated', { applyLogin });
      expect(await cookies()).toEqual(['session']);
      await setCookie('mine');
      const report = await fixture.pool.reset(0, policy, deadline);
      expect(report.policy).toBe(policy);
      const kept = policy === 'tabs' ? ['mine'] : [];
      expect((await cookies()).toSorted()).toEqual([...kept, 'session']);
    },
  );

  it('delegated does not log in anew under a holder whose browser is relaunched', async () => {
    let logins = 0;
    await launched('delegated', { applyLogin: async () => void (logins += 1) });
    await fixture.pool.relaunch(0);
    expect(logins).toBe(1);
  });

  it('delegated is not clean when the login cannot be applied', async () => {
    let isBroken = false;
    const broken: ApplyLogin = async () => {
      if (isBroken) throw new Error('The vault is locked.');
    };
    await launched('delegated', { applyLogin: broken });
    isBroken = true;
    await expect(fixture.pool.reset(0, 'recycle', deadline)).rejects.toThrow('The vault is locked.');
  });

  it('autonomous gets no saved login', async () => {
    await launched('autonomous', { applyLogin });
    expect(await cookies()).toEqual([]);
  });

  it('supervised keeps its profile through every reset, and over a stop', async () => {
    const { profile } = await launched('supervised');
    await writeFile(join(profile, 'mine'), 'kept');
    for (const policy of ['tabs', 'recycle'] as const) await fixture.pool.reset(0, policy, deadline);
    await fixture.pool.stop(0);
    await fixture.pool.launch(0);
    expect(await readFile(join(profile, 'mine'), 'utf8')).toBe('kept');
  });
});
