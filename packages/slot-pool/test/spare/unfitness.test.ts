import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePorts, makeTempHome } from '@escarp/test-support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SlotSpec } from '../../src/index.js';
import type { SlotContext } from '../../src/running-slot.js';
import { slotPaths } from '../../src/slot-paths.js';
import type { Spare } from '../../src/spare/spare-launch.js';
import { letGo, unfitness } from '../../src/spare/spare-launch.js';
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

it.runIf(process.platform === 'linux')(
  'a spare into whose profile something was put while the last browser was being killed is not let go',
  async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    let isLetGo = false;
    const spare = { ...(await spareOf(child.pid ?? 0)), letGo: () => void (isLetGo = true) };
    await writeFile(join(spare.plan.paths.downloads, 'planted'), 'x');
    const { paths } = spare.plan;
    const gate = { launchGate: <T>(work: () => Promise<T>) => work(), host: { platform: 'linux' } };
    const limits = { portReleaseMs: 0 };
    await expect(
      letGo({ ...spare, spec: { ...spec, port: await freePorts(1) } }, paths, {
        ...context,
        ...gate,
        limits,
      } as unknown as SlotContext),
    ).rejects.toMatchObject({ message: 'Something was put into its profile.' });
    expect(isLetGo).toBe(false);
    child.kill();
  },
);

async function spareOf(pid: number): Promise<Spare> {
  const home = await mkdtemp(join(temp.path, 'home-'));
  const paths = slotPaths({ home, shortTmp: home }, 0, 'autonomous', 'second');
  for (const folder of [join(paths.profile, 'Default'), paths.downloads, dirname(paths.log)])
    await mkdir(folder, { recursive: true });
  await writeFile(paths.log, '');
  const entry = await processes.find(pid);
  return { spec, entry, plan: { paths }, names: '[[],[]]' } as unknown as Spare;
}
