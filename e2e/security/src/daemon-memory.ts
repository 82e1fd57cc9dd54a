import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EscarpHome } from '../../src/escarp-home.js';

/** The most memory that a home's daemon ever had, in bytes. Linux only. */
export async function daemonPeakBytes(home: EscarpHome): Promise<number> {
  const status = await readFile(`/proc/${await daemonPid(home)}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024;
}

export async function daemonPid(home: EscarpHome): Promise<number> {
  const file: { pid: number } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8'));
  return file.pid;
}
