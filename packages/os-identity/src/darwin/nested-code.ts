// oxlint-disable-next-line no-restricted-imports -- this only reads.
import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The code inside an application, each with what contains it after it: the order in which it must be signed. */
export type NestedCode = { path: string; kind: 'bundle' | 'framework' | 'binary' };

/** 64-bit and 32-bit Mach-O in both byte orders, and the universal wrapper. */
const MACH_O_MAGIC = new Set(['cffaedfe', 'feedfacf', 'cefaedfe', 'feedface', 'cafebabe']);

/**
 * Finds helper applications, XPC services, frameworks, libraries and loose executables. Symbolic links are not
 * followed: a framework's `Versions/Current` would name all of it twice.
 */
export async function nestedCode(application: string): Promise<NestedCode[]> {
  const found: NestedCode[] = [];
  await collect(join(application, 'Contents'), found);
  return found;
}

async function collect(directory: string, found: NestedCode[]): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      await collect(path, found);
      const kind = bundleKind(entry.name);
      if (kind !== null) found.push({ path, kind });
    } else if (entry.isFile() && !isMainExecutable(path) && (await isMachO(path))) {
      found.push({ path, kind: 'binary' });
    }
  }
}

function bundleKind(name: string): 'bundle' | 'framework' | null {
  if (name.endsWith('.framework')) return 'framework';
  return name.endsWith('.app') || name.endsWith('.xpc') ? 'bundle' : null;
}

/** A bundle's main executable is signed as the bundle, and must not be signed before the rest of it. */
function isMainExecutable(path: string): boolean {
  const directory = dirname(path);
  if (basename(directory) === 'MacOS') return true;
  const framework = dirname(dirname(directory));
  return basename(framework) === `${basename(path)}.framework`;
}

async function isMachO(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && MACH_O_MAGIC.has(buffer.toString('hex'));
  } finally {
    await file.close();
  }
}
