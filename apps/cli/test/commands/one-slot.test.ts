import { afterAll, beforeAll, describe } from 'vitest';
import { keepsBrowsers, makeEscarpHome } from './escarp-home.js';
import { peopleAndAgents } from './one-slot/people.js';
import { readmeCommands } from './one-slot/readme.js';
import { slotWithoutWindow } from './one-slot/slot-without-window.js';
import { stoppedDaemon } from './one-slot/stopped-daemon.js';
import { suggestionsOfUp, type UpPool } from './one-slot/suggestions-of-up.js';

/** All on one pool: to bring one up takes a processor for two seconds, and every group gives back what it leased. */
describe('on a pool of one slot', { tags: ['browser'] }, () => {
  let pool: UpPool;
  beforeAll(async () => {
    const home = await makeEscarpHome(1, keepsBrowsers);
    pool = { home, up: await home.run(['up']) };
  }, 120_000);
  afterAll(() => pool.home.remove(), 120_000);

  suggestionsOfUp(() => pool);
  readmeCommands(() => pool.home);
  slotWithoutWindow(() => pool.home);
  peopleAndAgents(() => pool.home);
  // The last, because it takes the pool down.
  stoppedDaemon(() => pool.home);
});
