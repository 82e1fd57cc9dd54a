import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Run } from '@escarp/os-identity';

/** What setup and doctor know about the machine they examine. */
export interface Workstation {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: Run;
}

/** The path of `program` on the PATH, or undefined. */
export async function findProgram(
  program: string,
  machine: Pick<Workstation, 'env'>,
): Promise<string | undefined> {
  for (const folder of (machine.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && executable) return path;
  }
  return undefined;
}
