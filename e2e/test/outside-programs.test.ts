import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { keepsBrowsers, pageServers } from '../src/escarp-home.js';
import { type PoolAndSite, startPoolAndSite } from '../src/pool-and-site.js';
import { clientsThatShowLinks } from './outside-programs/ask-human-link.js';
import { driversOfOthers } from './outside-programs/drivers.js';
import { mcpServersOfOthers, mcpServersOnRecycledSlot } from './outside-programs/mcp-servers.js';
import { pageToolsOfOthers } from './outside-programs/page-tools.js';
import { pluginHooks } from './outside-programs/plugin-hooks.js';
import { scriptsWithSlots } from './outside-programs/scripts.js';

/** All on one pool: to bring one up takes a processor for three seconds, and every test gives back what it leased. */
describe('on a pool of two slots', { tags: ['browser'] }, () => {
  let pool: PoolAndSite;
  beforeAll(async () => {
    const env = { ...keepsBrowsers, ESCARP_VIEW_PORT: '0' };
    pool = await startPoolAndSite(2, env, pageServers);
  }, 120_000);
  afterEach(async () => pool.home.settled(), 120_000);
  afterAll(async () => pool.remove(), 120_000);

  driversOfOthers(() => pool);
  mcpServersOfOthers(() => pool);
  pageToolsOfOthers(() => pool);
  pluginHooks(() => pool);
  scriptsWithSlots(() => pool);
  clientsThatShowLinks(() => pool);
});

mcpServersOnRecycledSlot();
