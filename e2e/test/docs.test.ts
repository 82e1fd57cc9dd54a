import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { keepsBrowsers, pageServers } from '../src/escarp-home.js';
import { type PoolAndSite, startPoolAndSite } from '../src/pool-and-site.js';
import { examplesOfUsers } from './docs/examples.js';
import { testRunnersPage } from './docs/test-runners-page.js';
import { waysIn } from './docs/ways-in.js';

/** All on one pool: to bring one up takes a processor for three seconds, and every test gives back what it leased. */
describe('on a pool of two slots', { tags: ['browser'] }, () => {
  let pool: PoolAndSite;
  beforeAll(async () => {
    pool = await startPoolAndSite(2, keepsBrowsers, ['escarp', 'playwright-core', ...pageServers]);
  }, 120_000);
  afterEach(async () => pool.home.settled(), 120_000);
  afterAll(async () => pool.remove(), 120_000);

  waysIn(() => pool);
  examplesOfUsers(() => pool);
  testRunnersPage(() => pool);
});
