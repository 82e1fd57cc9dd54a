import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, defaultLimits, emptyState, step } from '@escarp/lease-registry';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../src/index.js';
import { Screenshots } from '../../src/screenshots/screenshots.js';

const never = 3_600_000;

let home: TempHome;
beforeEach(async () => {
  home = await makeTempHome();
});
afterEach(() => home.remove());

it('the program that takes pictures is told of a change only if it is one for it', async () => {
  const state = emptyState(defaultLimits);
  const screenshots = new Screenshots({
    program: fileURLToPath(new URL('fake-recorder.mjs', import.meta.url)),
    home: home.path,
    env: {},
    log: createLog('error', Date.now, () => {}),
    cdpBase: 9222,
    times: { idleMs: never, againMs: never, letGoMs: never },
  });
  const run = (command: Command): void => {
    const { events } = step(state, command, { monotonicMs: 0, wallMs: 0 });
    screenshots.observe(events, state);
  };
  const lease = (id: string, attributes = {}): void => {
    run({ type: 'added', key: id });
    run({ type: 'ready', key: id, fence: state.fence });
    const ids = { requestId: id, leaseId: id, tokenDigest: id };
    const scope = { holder: id };
    run({ type: 'acquire', ...ids, scope, selector: { key: id }, waitMs: 0, attributes });
  };
  const told = async (): Promise<string[]> => {
    const heard = await readFile(join(home.path, 'heard'), 'utf8').catch(() => '');
    return heard.split('\n').filter((line) => line.startsWith('told'));
  };
  screenshots.begin(state);
  lease('slot-0', { screenshots: 'on' });
  await expect.poll(told).toEqual(['told slot-0']);
  lease('slot-1');
  lease('slot-2', { screenshots: 'on' });
  run({ type: 'release', tokenDigest: 'slot-1' });
  run({ type: 'release', tokenDigest: 'slot-2' });
  await screenshots.letGo();
  expect(await told()).toEqual(['told slot-0', 'told slot-0 slot-2', 'told slot-0']);
  await screenshots.close();
});
