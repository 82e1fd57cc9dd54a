import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { daemonPeakBytes, daemonPid } from '../src/daemon-memory.js';
import type { Grant } from '../src/secured-home.js';
import { acquireSlot, chromiumPath, makeHomeWithBrowser } from '../src/secured-home.js';
import { until } from '../src/until.js';

const hostile = fileURLToPath(new URL('../src/hostile-browser.mjs', import.meta.url));
const faults = [
  'answers in the wrong shape',
  'sends events without end',
  'never answers',
  'answers with a frame of 100 MB',
  'sends what is no JSON',
  'hangs up at the first question',
  'never ends its version',
  'accepts and says nothing at all',
];
const honestSlot = faults.length;
const memoryBytesMax = 400_000_000;
// Of all that a terminal obeys, what the hostile browsers send.
const rawControls = new RegExp(String.raw`[\u001b\u009b\u0007]`);

describe('a pool of which all browsers but one are hostile', { tags: ['browser'], timeout: 400_000 }, () => {
  let home: EscarpHome;
  let lease: Grant;
  let pid: number;
  const results: AttackResult[] = [];

  beforeAll(async () => {
    const script = `case "$*" in *slot-${honestSlot}*) exec '${chromiumPath}' "$@";; *) exec '${process.execPath}' '${hostile}' "$@";; esac`;
    home = await makeHomeWithBrowser(faults.length + 1, script, { ESCARP_LEASE_TTL_S: '60' });
    const started = await home.escarp('daemon', '--background');
    if (started.exitCode !== 0) throw new Error(started.stderr);
    pid = await daemonPid(home);
    lease = await acquireSlot(home, { holder: 'honest', slot: honestSlot, wait_s: 120 });
  }, 180_000);
  afterAll(() => home?.remove(), 120_000);

  const heartbeat = async (): Promise<boolean> =>
    (await home.post('/heartbeat', { lease_token: lease.leaseToken })).status === 200;

  it('goes on serving the holder of the honest one, and says what is wrong with each other', async () => {
    const beats: boolean[] = [];
    const troubled = await until(async () => {
      beats.push(await heartbeat());
      const { slots } = await home.status();
      const others = slots.slice(0, faults.length);
      return others.every(({ last_error: error }) => typeof error === 'string') ? others : undefined;
    });
    const served = await home.escarp('status');
    expect(beats.every(Boolean)).toBe(true);
    expect(served.exitCode).toBe(0);
    expect(served.stdout + served.stderr).not.toMatch(rawControls);
    expect(await daemonPid(home)).toBe(pid);
    expect(await daemonPeakBytes(home)).toBeLessThan(memoryBytesMax);
    for (const [at, fault] of faults.entries()) {
      const offered = troubled[at]?.['state'];
      results.push({ attack: `browser that ${fault}`, attempts: 1, gotThrough: offered === 'free' ? 1 : 0 });
    }
    expect(results.filter(({ gotThrough }) => gotThrough > 0)).toEqual([]);
  });

  it('refuses each of them with a code', async () => {
    const answers = await Promise.all(
      faults.map((_, slot) => home.post('/acquire', { holder: 'unlucky', slot, wait_s: 0 })),
    );
    expect(answers.map(({ status }) => status).every((status) => status === 409 || status === 503)).toBe(
      true,
    );
    expect(await heartbeat()).toBe(true);
  });

  it('is published with its counts', () => expectPublished('hostile-browsers', 'Browsers that lie', results));
});
