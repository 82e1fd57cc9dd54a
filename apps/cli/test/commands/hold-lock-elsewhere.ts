import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const locks = createRequire(require.resolve('@escarp/broker')).resolve('fs-native-extensions');

/** A separate process that holds the lock on this file until it is killed. */
export async function holdLockElsewhere(path: string): Promise<ChildProcess> {
  const script = `
    const { tryLock } = require(process.argv[1]);
    process.stdout.write(String(tryLock(require('node:fs').openSync(process.argv[2], 'a', 0o600))));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script, locks, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  if (String(said) !== 'true') throw new Error(`The lock ${path} is taken.`);
  return child;
}
