import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { note, ok, warning, type Check, type Finding, type Patient } from '../finding.js';
import { listenersOn, type Listener } from '../listeners.js';
import { readText } from '../read-text.js';

export const ports: Check = {
  id: 'ports',
  async run(patient) {
    const { cdpBase, poolSize, apiPort } = patient;
    const slotOf = new Map(Array.from({ length: poolSize }, (_, slot) => [cdpBase + slot, slot]));
    const look = () => strangersOn(new Set([...slotOf.keys(), apiPort]), patient);
    const seen = await look();
    // One that is starting is not in our records yet, and of one that is ending the process is gone before its port.
    const still = seen.length === 0 ? [] : await look();
    const strangers = seen.filter((one) =>
      still.some(({ port, pid }) => port === one.port && pid === one.pid),
    );
    if (strangers.length > 0) return strangers.map((one) => describe(one, slotOf.get(one.port)));
    const range = `${cdpBase} to ${cdpBase + poolSize - 1}`;
    return [ok(`Ports ${range} and ${apiPort} are free or ours.`)];
  },
};

async function strangersOn(wanted: ReadonlySet<number>, patient: Patient): Promise<Listener[]> {
  const listeners = await listenersOn(wanted, patient);
  const ours = await ownPids(patient);
  const own = await Promise.all(
    listeners.map(async ({ pid }) => pid !== undefined && (ours.has(pid) || (await isMarked(pid, patient)))),
  );
  return listeners.filter((_, at) => own[at] !== true);
}

/** A slot's browser carries its profile in its environment from the start, before there is a record of it. */
async function isMarked(pid: number, { platform, systemRoot, stateDirectory }: Patient): Promise<boolean> {
  if (platform !== 'linux') return false;
  const environment = (await readText(join(systemRoot, 'proc', String(pid), 'environ'))) ?? '';
  return environment.split('\0').some((one) => one.startsWith(`ESCARP_SLOT_PROFILE=${stateDirectory}/`));
}

/** The daemon, and the browsers that the launch records name. */
async function ownPids({ stateDirectory, daemon }: Patient): Promise<Set<number>> {
  const folder = join(stateDirectory, 'run');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^slot-\d+\.json$/.test(name));
  const records = await Promise.all(names.map((name) => readText(join(folder, name))));
  const pids = records.map((text) => Number(/"pid":\s*(\d+)/.exec(text ?? '')?.[1]));
  return new Set([...pids, (await daemon())?.pid ?? Number.NaN]);
}

function describe({ port, pid, program }: Listener, slot: number | undefined): Finding {
  const whose = pid === undefined ? 'another user' : `${program || 'process'} ${pid}`;
  if (slot === undefined) return note(`Port ${port} is taken by ${whose}; the daemon will step over it.`);
  const remedy = `End it, or set ESCARP_CDP_BASE to where there is room.`;
  return warning(`Port ${port}, which slot ${slot} wants, is taken by ${whose}.`, remedy);
}
