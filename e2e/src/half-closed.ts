import { readFile } from 'node:fs/promises';

const closeWait = '08';

/**
 * How many clients have yet to notice that the browser on this port has gone: their end of the connection is still
 * open. Only Linux tells; elsewhere it is taken that none have.
 */
export async function halfClosed(port: number): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = (await readFile('/proc/net/tcp', 'utf8')).trim().split('\n').slice(1);
  return lines.filter((line) => {
    const [, , remote = '', state] = line.trim().split(/\s+/);
    return remote.endsWith(`:${hex}`) && state === closeWait;
  }).length;
}
