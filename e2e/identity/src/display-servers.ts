import { readdir, readFile } from 'node:fs/promises';
import type { EscarpHome } from '../../src/escarp-home.js';

/** The pids of the display servers that serve this state directory, in the order of their slots. */
export async function displayServers({ path }: EscarpHome): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const servers = await Promise.all(
    pids.map(async (pid) => ({ pid: Number(pid), slot: await slotServed(pid, path) })),
  );
  return servers
    .filter(({ slot }) => slot !== undefined)
    .toSorted((a, b) => Number(a.slot) - Number(b.slot))
    .map(({ pid }) => pid);
}

async function slotServed(pid: string, home: string): Promise<string | undefined> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  if (!/(^|\/)X(tiger)?vnc$/.test(words[0] ?? '')) return undefined;
  const socket = words[words.indexOf('-rfbunixpath') + 1] ?? '';
  return socket.startsWith(`${home}/`) ? /display-(\d+)\.sock$/.exec(socket)?.[1] : undefined;
}
