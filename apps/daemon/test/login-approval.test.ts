import { join } from 'node:path';
import { readJournal } from '@escarp/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { savedLogin } from './saved-login.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { errorOf, until } from './until.js';

const canary = 'canary-3d0c7f81';

describe('a saved login that a person must approve', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;

  beforeAll(async () => {
    home = await makeTestHome(1);
    const options = await home.options();
    await options.vault.save(savedLogin(canary, { needsApproval: true }), 0);
    daemon = await home.start(options);
  });
  afterAll(() => home.remove());

  const ask = (holder: string, waitS = 60) =>
    daemon.client.acquire({ holder, run: 'nightly', client: 'test', login: 'shop', waitS });
  const waiting = () =>
    until(async () => {
      const { approvals = [] } = await daemon.client.status();
      return approvals[0];
    });

  it('is granted when that person says yes, and the browser is signed in then', async () => {
    const asked = ask('ann');
    const approval = await waiting();
    expect(approval).toMatchObject({ holder: 'ann', run: 'nightly', client: 'test', logins: ['shop'] });
    const meanwhile = await daemon.client.acquire({ holder: 'bystander', waitS: 60 });
    expect(meanwhile.logins).toEqual([]);
    await daemon.client.release({ leaseToken: meanwhile.leaseToken });
    await daemon.client.approve({ id: approval.id, approve: true, who: 'pat' });
    const lease = await asked;
    expect(lease).toMatchObject({ tier: 'delegated', login: { name: 'shop', state: 'applied' } });
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });

  it('asks again for the next lease, and is refused when that person says no', async () => {
    const asked = errorOf(ask('ann'));
    const approval = await waiting();
    await daemon.client.approve({ id: approval.id, approve: false, who: 'pat' });
    expect(await asked).toMatchObject({ code: 'approval_denied' });
    const again = errorOf(daemon.client.approve({ id: approval.id, approve: true }));
    expect(await again).toMatchObject({ code: 'unknown_approval' });
  });

  it('is refused when nobody says anything in time, or may be asked at all', async () => {
    expect(await errorOf(ask('ben', 1))).toMatchObject({ code: 'approval_timeout' });
    expect(await errorOf(ask('ben', 0))).toMatchObject({ code: 'approval_required' });
    expect((await daemon.client.status()).approvals).toEqual([]);
  });

  it('has every decision in the journal, and no secret', async () => {
    const events = await readJournal(join(home.path, 'journal'));
    const decided = events.map(({ change }) => change).filter(({ type }) => type === 'approval-decided');
    expect(decided).toMatchObject([
      { isApproved: true, by: 'pat' },
      { isApproved: false, by: 'pat' },
    ]);
    expect(JSON.stringify(events)).not.toContain(canary);
  });
});
