import { afterAll, beforeAll, describe } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from './escarp-home.js';
import { documentsOfPool } from './two-slots/documents-of-pool.js';
import { onTerminal } from './two-slots/on-terminal.js';
import { releaseByWorktrees } from './two-slots/release.js';
import { renewAndHandoff } from './two-slots/renew-and-handoff.js';

/** Long enough that no lease ends by itself, however slow the machine is. */
const ttlS = 3_000;

/** All on one pool: to bring one up takes a processor for three seconds, and every group gives back what it leased. */
describe('on a pool of two slots', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    // One of the groups adds a slot.
    const env = { ...keepsBrowsers, ESCARP_POOL_SIZE: '2', ESCARP_LEASE_TTL_S: String(ttlS) };
    home = await makeEscarpHome(3, env);
    await home.json(['up']);
  }, 120_000);
  afterAll(() => home.remove(), 120_000);

  onTerminal(() => home);
  releaseByWorktrees(() => home);
  renewAndHandoff(() => home, ttlS);
  // The last, because it takes the pool down.
  documentsOfPool(() => home);
});
