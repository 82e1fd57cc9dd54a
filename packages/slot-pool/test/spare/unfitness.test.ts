import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SlotSpec } from '../../src/index.js';
import type { SlotContext } from '../../src/running-slot.js';
import { slotPaths } from '../../src/slot-paths.js';
import type { Spare } from '../../src/spare/spare-launch.js';
import { unfitness } from '../../src/spare/spare-launch.js';
import { processes } from './spare-fixture.js';

const spec = { index: 0, port: 9222 } as SlotSpec;
const context = { processes } as unknown as SlotContext;
let temp: Awaited<ReturnType<typeof makeTempHome>>;

beforeAll(async () => {
  temp = await makeTempHome();
});
afterAll(() => temp.remove());

// A program of the system stands for Chrome, because only its file on disk matters.
it.runIf(process.platform === 'linux')(
  'a spare is not what the slot needs once its program or the slot’s description has been replaced',
  async () => {
    const program = join(temp.path, 'chrome');
    await copyFile('/bin/sleep', program);
    const child = spawn(program, ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const spare = await spareOf(child.pid ?? 0);
    expect(await unfitness(spare, spec, context)).toBeUndefined();
    expect(await unfitness(spare, { ...spec, port: 9223 }, context)).toMatchObject({ fault: 'stale' });
    await unlink(program);
    expect(await unfitness(spare, spec, context)).toMatchObject({
      fault: 'stale',
      message: 'Another Chrome was installed.',
    });
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    expect(await unfitness(spare, spec, context)).toMatchObject({ fault: 'attempt' });
  },
);

async function spareOf(pid: number): Promise<Spare> {
  const paths = slotPaths({ home: temp.path, shortTmp: temp.path }, 0, 'autonomous', 'second');
  for (const folder of [join(paths.profile, 'Default'), paths.downloads])
    await mkdir(folder, { recursive: true });
  const entry = await processes.find(pid);
  return { spec, entry, plan: { paths }, names: '[[],[]]' } as unknown as Spare;
}
