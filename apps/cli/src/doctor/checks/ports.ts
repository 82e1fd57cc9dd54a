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
    const ours = await ownPids(patient);
    const listeners = await listenersOn(new Set([...slotOf.keys(), apiPort]), patient);
    const strangers = listeners.filter(({ pid }) => pid === undefined || !ours.has(pid));
    if (strangers.length > 0) return strangers.map((one) => describe(one, slotOf.get(one.port)));
    const range = `${cdpBase} to ${cdpBase + poolSize - 1}`;
    return [ok(`Ports ${range} and ${apiPort} are free or ours.`)];
  },
};

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
