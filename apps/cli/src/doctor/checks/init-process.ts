import { orphansAreReaped } from '@escarp/child-process';
import { note, ok, type Check } from '../finding.js';

export const initProcess: Check = {
  id: 'init-process',
  // As long as the pool waits for it, so that the two never say different things.
  timeoutMs: 8_000,
  async run({ platform, run }) {
    if (platform !== 'linux') return [];
    if (await orphansAreReaped()) return [ok('Ended processes are reaped.')];
    const init = 'Use an init: docker run --init, or tini as the entry point.';
    const { exitCode } = await run('perl', ['-MPOSIX', '-e', '1'], { timeoutMs: 1_000 });
    if (exitCode === 0) {
      return [note('Process 1 reaps no orphans; a small reaper beside each browser does it instead.', init)];
    }
    return [note('Process 1 reaps no orphans: each reset of a slot leaves about ten zombies behind.', init)];
  },
};
