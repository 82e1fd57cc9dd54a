import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { bytes } from '../../print/quantities.js';
import { note, ok, warning, type Check } from '../finding.js';

/** Docker's default of 64 MB is known to crash tabs; this leaves each slot some room. */
const bytesPerSlot = 128 * 1024 * 1024;

export const sharedMemory: Check = {
  id: 'shared-memory',
  async run({ platform, systemRoot, poolSize }) {
    if (platform !== 'linux') return [];
    const found = await statfs(join(systemRoot, 'dev/shm')).catch(() => undefined);
    if (found === undefined) return [note('There is no /dev/shm; Chrome falls back to slower files.')];
    const size = found.blocks * found.bsize;
    if (size >= poolSize * bytesPerSlot) return [ok(`/dev/shm has ${bytes(size)}.`)];
    const what = `/dev/shm has ${bytes(size)} for ${poolSize} slots; tabs may crash.`;
    return [warning(what, 'In Docker: --shm-size=1g, or --ipc=host.')];
  },
};
