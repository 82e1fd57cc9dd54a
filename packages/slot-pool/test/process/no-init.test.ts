import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from '@escarp/test-support';
import { describe, expect, it } from 'vitest';
import { chromeBinary } from '../pool-fixture.js';

const program = fileURLToPath(new URL('resets-without-init.mjs', import.meta.url));
const namespaces = ['--pid', '--fork', '--kill-child', '--mount-proc'];
const mayUnshare = process.platform === 'linux' && spawnSync('unshare', [...namespaces, 'true']).status === 0;

describe.runIf(mayUnshare)('a pool whose process 1 reaps nothing', { tags: ['browser'] }, () => {
  it('leaves no zombies of recycled browsers', async ({ signal }) => {
    const port = String(await freePorts(1));
    const words = [...namespaces, process.execPath, program, chromeBinary, port];
    const { stdout, stderr } = await promisify(execFile)('unshare', words, { signal, killSignal: 'SIGKILL' });
    expect(stderr).toBe('');
    const { before, added } = JSON.parse(stdout) as { before: number; added: number };
    // There were some until the pool noticed.
    expect(before).toBeGreaterThan(5);
    expect(added).toBe(0);
  });
});
