import { readdirSync, readlinkSync } from 'node:fs';

/** The files below `folder` that this process has open, on Linux. */
export function openFilesBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    const path = pathOf(descriptor);
    return path?.startsWith(`${folder}/`) === true ? [path] : [];
  });
}

/** Undefined for one that was closed meanwhile. */
function pathOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}
