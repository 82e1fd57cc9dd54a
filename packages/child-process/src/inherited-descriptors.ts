import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const closeOnExec = 0o2000000;

/**
 * Closes the descriptors that whoever started this process left open for it, beyond the standard three: a lock on one of
 * them would otherwise be held for as long as a daemon or its browsers live. To be called before anything is opened.
 * Linux only: elsewhere Node starts no child with any. Returns those that were closed.
 */
export function closeInheritedDescriptors(platform: NodeJS.Platform): number[] {
  if (platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').map(Number).filter(isInherited).filter(closed);
}

/**
 * Node opens its own to be closed on exec. As it starts, it marks the first dozen of the inherited ones so too; among
 * these, files and sockets are not Node's, which has nothing but pipes and kernel objects by then.
 */
function isInherited(descriptor: number): boolean {
  if (descriptor <= 2) return false;
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    if (flags === undefined) return false;
    if ((Number.parseInt(flags, 8) & closeOnExec) === 0) return true;
    const target = readlinkSync(`/proc/self/fd/${descriptor}`);
    return /^\/(?!dev\/pts\/|proc\/)/.test(target) || (target.startsWith('socket:') && !process.connected);
  } catch {
    // The one that listed the folder is closed by now.
    return false;
  }
}

function closed(descriptor: number): boolean {
  try {
    closeSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
