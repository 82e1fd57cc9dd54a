import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { displayKinds, joinDisplay } from '@escarp/test-support';
import type { DisplayHolder } from '@escarp/test-support';
import { describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import { displayServers } from '../src/display-servers.js';
import { displaySection, policies } from '../src/display-section.js';
import type { Policy } from '../src/display-section.js';
import { upOnDisplays } from '../src/up-on-displays.js';

const page = new URL('../../../docs/reset-guarantee.md', import.meta.url);
const allNames = displayKinds.map(({ name }) => name);

describe('what the next holder finds on a slot’s display', { tags: ['browser'], timeout: 120_000 }, () => {
  const leaks = new Map<Policy, readonly string[]>();

  it.each(policies)('after %s is on the published page, and before it is all there is', async (policy) => {
    const home = await makeEscarpHome(1, { ESCARP_RESET: policy });
    try {
      await upOnDisplays(home);
      const lease = await acquire(home);
      const former = await comeTo(home, lease);
      for (const kind of displayKinds) await kind.plant(former);
      const witness = await comeTo(home, lease);
      // Without this the page could claim to clear what was never there.
      expect(await findAll(witness, former)).toEqual(allNames);
      witness.leave();
      const servers = await displayServers(home);
      await home.post('/release', { lease_token: lease['lease_token'] });
      const isKept = (await displayServers(home))[0] === servers[0];
      expect(isKept).toBe(policy !== 'recycle');
      const again = await acquire(home);
      expect(again).toMatchObject({
        display: lease['display'],
        display_authority: lease['display_authority'],
      });
      const next = await comeTo(home, again);
      leaks.set(policy, await findAll(next, former));
      former.leave();
      next.leave();
    } finally {
      await home.remove();
    }
  });

  it('is nothing after a recycle', () => expect(leaks.get('recycle')).toEqual([]));

  it('is what the published page says', async () => {
    const measured = displaySection(await readFile(page, 'utf8'), leaks);
    if (process.env['ESCARP_WRITE_DOCS'] === '1') await writeFile(page, measured);
    expect(await readFile(page, 'utf8')).toBe(measured);
  });
});

async function acquire(home: EscarpHome): Promise<Json> {
  const { status, body } = await home.post('/acquire', { holder: 'leaks' });
  expect(status).toBe(200);
  return body;
}

function comeTo(home: EscarpHome, lease: Json): Promise<DisplayHolder> {
  return joinDisplay({
    display: String(lease['display']),
    authority: String(lease['display_authority']),
    vncSocket: join(home.path, 'run', 'display-0.sock'),
    width: 1440,
  });
}

async function findAll(next: DisplayHolder, former: DisplayHolder): Promise<string[]> {
  const found: string[] = [];
  for (const { name, find } of displayKinds) {
    try {
      if (await find(next, former)) found.push(name);
    } catch (cause) {
      throw new Error(`The kind "${name}" could not be looked for.`, { cause });
    }
  }
  return found;
}
