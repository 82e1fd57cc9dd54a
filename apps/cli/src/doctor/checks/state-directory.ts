import { DaemonError, isAlive, isKernelLockHeld, refuseUnfitHome } from '@escarp/broker/home';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { note, ok, problem, type Check, type Finding, type Patient } from '../finding.js';
import { readText } from '../read-text.js';

const secrets = ['daemon.json', 'leases.json', 'secret', 'api-token'];

export const stateDirectory: Check = {
  id: 'state',
  async run(patient) {
    const { stateDirectory: home } = patient;
    const unfit = await refuseUnfitHome(home).catch((error: unknown) => error);
    if (unfit instanceof DaemonError) return [problem(unfit.message, 'Set ESCARP_HOME to another place.')];
    const found = await lstat(home).catch(() => undefined);
    if (found === undefined) return [ok(`${home} will be made at the first start.`)];
    const findings = [
      ...directoryFaults(home, found, patient),
      ...(await secretFaults(patient)),
      ...(await stale(patient)),
    ];
    return findings.length > 0 ? findings : [ok(`${home} is ours alone.`)];
  },
};

interface Found {
  readonly uid: number;
  readonly mode: number;
  isDirectory(): boolean;
}

function directoryFaults(home: string, found: Found, { uid }: Patient): Finding[] {
  if (!found.isDirectory())
    return [problem(`${home} is not a directory of its own.`, 'Set ESCARP_HOME to another place.')];
  if (found.uid !== uid)
    return [problem(`${home} belongs to another user.`, `sudo chown -R ${uid} ${home}, or set ESCARP_HOME.`)];
  if ((found.mode & 0o077) !== 0) return [problem(`${home} is open to other users.`, `chmod 700 ${home}`)];
  return [];
}

async function secretFaults({ stateDirectory: home }: Patient): Promise<Finding[]> {
  const found = await Promise.all(
    secrets.map(async (name) => ({
      path: join(home, name),
      mode: (await lstat(join(home, name)).catch(() => undefined))?.mode ?? 0,
    })),
  );
  return found
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ path }) => problem(`${path} can be read by other users.`, `chmod 600 ${path}`));
}

/** Files of processes that are gone. They do no harm: the next start replaces them. */
async function stale({ stateDirectory: home, daemon }: Patient): Promise<Finding[]> {
  const findings: Finding[] = [];
  const pid = (await daemon())?.pid;
  // A daemon that ends in order removes its file before it is gone.
  if (pid !== undefined && !isAlive(pid) && (await daemon())?.pid === pid) {
    findings.push(
      note(
        `The daemon ${pid} ended without a word; its slots are kept.`,
        'escarp daemon --background takes them over.',
      ),
    );
  }
  const records = await readdir(join(home, 'run')).catch(() => []);
  for (const name of records.filter((one) => /^slot-\d+\.json$/.test(one))) {
    if (!(await tellsOfGone(home, name))) continue;
    findings.push(
      note(
        `${join('run', name)} tells of a browser that is gone.`,
        'escarp launch-pool starts the slot again.',
      ),
    );
  }
  return findings;
}

/** Whoever starts, replaces or ends a slot's browser holds the slot's lock, and the record is behind for as long. */
async function tellsOfGone(home: string, name: string): Promise<boolean> {
  const record = join(home, 'run', name);
  const lock = join(home, 'locks', name.replace('.json', '.lock'));
  const browser = await pidIn(record);
  if (browser === undefined || isAlive(browser) || (await isKernelLockHeld(lock))) return false;
  return (await pidIn(record)) === browser;
}

async function pidIn(record: string): Promise<number | undefined> {
  const digits = /"pid":\s*(\d+)/.exec((await readText(record)) ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
