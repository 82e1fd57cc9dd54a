import { readFile, writeFile } from 'node:fs/promises';
import {
  filesBelow,
  filesWith,
  markdownTable,
  onFirstPage,
  signedInText,
  signInAtSite,
  startLoginSite,
} from '@escarp/test-support';
import type { LoginSite } from '@escarp/test-support';
import type { LeaseView } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietPath, traceNames, tracesIn } from './login-traces.js';
import type { TraceName } from './login-traces.js';
import { saveLogin } from './save-login.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { until } from './until.js';

const page = new URL('../../../docs/reset-guarantee.md', import.meta.url);
const section = { begin: '<!-- delegated -->\n', end: '<!-- /delegated -->\n' };

const ends = ['release', 'expiry', 'revocation'] as const;

/** By what came before; `lease` is what the holder of the login finds. */
type Found = Record<'signIn' | 'lease' | (typeof ends)[number], readonly TraceName[]>;

// The pool's own policy leaves most of this behind, so that what is gone is gone because of the login.
describe(
  'what the next holder finds of a lease with a saved login',
  { tags: ['browser'], timeout: 120_000 },
  () => {
    let site: LoginSite;
    let home: TestHome;
    let daemon: RunningDaemon;
    const found: Partial<Found> = {};

    beforeAll(async () => {
      site = await startLoginSite({ isPlain: true });
      home = await makeTestHome(1, { ESCARP_RESET: 'tabs' });
      daemon = await home.start();
      const login = { name: 'shop', url: site.url, untilText: signedInText };
      await saveLogin(daemon.client, login, (cdpUrl) => signInAtSite(cdpUrl, site));
    });
    afterAll(async () => {
      await home.remove();
      await site.close();
    });

    it('is nothing of what the person left who signed in', async () => {
      found.signIn = await foundByNext();
      expect(found.signIn).toEqual([]);
    });

    it('is nothing of what that holder had, whatever ended the lease', async () => {
      for (const end of ends) {
        const lease = await daemon.client.acquire({
          holder: 'agent',
          login: 'shop',
          waitS: 60,
          ...ttlFor(end),
        });
        expect(lease.resetPolicy).toBe('recycle');
        if (end === 'release') found.lease = await tracesInLease(lease);
        await endBy(end, lease);
        found[end] = await foundByNext();
      }
      expect(found).toMatchObject({ lease: traceNames, release: [], expiry: [], revocation: [] });
    });

    it('is what the published page says', async () => {
      const published = await readFile(page, 'utf8');
      const [before, rest] = published.split(section.begin);
      const after = rest?.split(section.end)[1];
      if (after === undefined) throw new Error('The page has no section on leases with a saved login.');
      const written = before + section.begin + sectionOf(found as Found) + section.end + after;
      if (process.env['ESCARP_WRITE_DOCS'] === '1') await writeFile(page, written);
      expect(await readFile(page, 'utf8')).toBe(written);
    });

    /** Nothing of the login is in any file either. */
    async function foundByNext(): Promise<TraceName[]> {
      const { leaseToken, cdpWsUrl } = await daemon.client.acquire({ holder: 'next', waitS: 60 });
      // What was moved away is deleted meanwhile.
      await until(async () => !(await filesBelow(home.path)).some((path) => path.includes('/trash/')));
      expect(await filesWith([...site.sessions.secrets, site.password], home.path)).toEqual([]);
      const traces = await tracesIn(cdpWsUrl ?? '', site);
      await daemon.client.release({ leaseToken });
      return traces;
    }

    /** A holder that works at the site leaves an entry in the history, which the login itself does not. */
    async function tracesInLease({ cdpWsUrl }: LeaseView): Promise<TraceName[]> {
      await onFirstPage(cdpWsUrl ?? '', (tab) => tab.goto(`${site.url}${quietPath}`));
      return tracesIn(cdpWsUrl ?? '', site);
    }

    async function endBy(end: (typeof ends)[number], { slot, leaseToken }: LeaseView): Promise<void> {
      if (end === 'release') await daemon.client.release({ leaseToken });
      else if (end === 'revocation') await daemon.client.revoke({ slot });
      else await until(async () => (await daemon.client.status()).slots[0]?.state === 'free');
    }
  },
);

/** A lease that is to expire is not used. */
function ttlFor(end: (typeof ends)[number]) {
  return { ttlS: end === 'expiry' ? 1 : 600 };
}

function sectionOf(found: Found): string {
  const head = ['state', 'after the sign-in', 'in the lease', ...ends.map((end) => `after its ${end}`)];
  const after = (traces: readonly TraceName[], name: TraceName) =>
    traces.includes(name) ? 'stays' : 'cleared';
  const rows = traceNames.map((name) => [
    name,
    after(found.signIn, name),
    found.lease.includes(name) ? 'there' : 'missing',
    ...ends.map((end) => after(found[end], name)),
  ]);
  return [
    '',
    '## After a lease with a saved login',
    '',
    'Such a slot has the tier `delegated` and is recycled when the lease ends, whatever the policy of its pool is; so is the',
    'slot in which a person has signed in. Measured by `apps/daemon/test/login-reset.test.ts` on a pool that resets by `tabs`.',
    'The secrets of the login are also looked for in every file of the state directory then, and are in none.',
    '',
    ...markdownTable([head, ...rows]),
    '',
    '',
  ].join('\n');
}
