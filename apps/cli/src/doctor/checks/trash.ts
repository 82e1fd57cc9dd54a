import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from '@escarp/owned-files';
import { note, ok, type Check } from '../finding.js';

/** What resets moved away is deleted in the background; what cannot be deleted takes up space, but stops nothing. */
export const trash: Check = {
  id: 'trash',
  async run({ stateDirectory }) {
    const folder = join(stateDirectory, 'trash');
    const names = await readdir(folder).catch((error: unknown) => (isCode(error, 'ENOENT') ? [] : undefined));
    if (names === undefined)
      return [note(`${folder} cannot be read, so what resets move away stays.`, `ls -ld ${folder}`)];
    if (names.length === 0) return [ok('Everything that resets moved away is deleted.')];
    const what = `${folder} holds ${names.length} ${names.length === 1 ? 'entry' : 'entries'} not deleted yet.`;
    const remedy =
      'Each reset and start tries again, and escarp logs says why one stays: EPERM is a file marked as immutable or ' +
      "another user's (lsattr -R; chattr -R -i), EBUSY something mounted there (umount).";
    return [note(what, remedy)];
  },
};
