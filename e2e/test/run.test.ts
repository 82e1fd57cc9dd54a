import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import { runOfCommand } from './run/command.js';
import { endsOfRun } from './run/ends.js';
import { lazyRun } from './run/lazy.js';

/** All on one pool: to bring one up takes a processor for two seconds, and every test gives back what it leased. */
describe('on a pool of one slot', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1, keepsBrowsers);
    await home.up();
  }, 120_000);
  afterEach(async () => home.settled(), 120_000);
  afterAll(async () => home.remove(), 120_000);

  runOfCommand(() => home);
  endsOfRun(() => home);
  lazyRun(() => home);
});
