import { orphansAreReaped } from '@escarp/child-process';
import { note, ok, type Check } from '../finding.js';

/** Less than a check may take. */
const withinMs = 1_500;

export const initProcess: Check = {
  id: 'init-process',
  async run({ platform, run }) {
    if (platform !== 'linux') return [];
    if (await orphansAreReaped(withinMs)) return [ok('Ended processes are reaped.')];
    const init = 'Use an init: docker run --init, or tini as the entry point.';
    const { exitCode } = await run('perl', ['-MPOSIX', '-e', '1'], { timeoutMs: 1_000 });
    if (exitCode === 0) {
      return [note('Process 1 reaps no orphans; a small reaper beside each browser does it instead.', init)];
    }
    return [note('Process 1 reaps no orphans: each reset of a slot leaves about ten zombies behind.', init)];
  },
};
