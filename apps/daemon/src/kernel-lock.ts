import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';

interface FileLocks {
  /** False when another process holds the lock. */
  tryLock(fd: number): boolean;
}

// The package is CommonJS and carries its native code; it has no types.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const fileLocks = createRequire(import.meta.url)('fs-native-extensions') as FileLocks;

/** A lock that the kernel holds for this process and frees the moment it ends, however it ends. */
export interface KernelLock {
  release(): Promise<void>;
}

/** Undefined when another process has it. */
export async function takeKernelLock(path: string): Promise<KernelLock | undefined> {
  const file: FileHandle = await open(path, 'a', 0o600);
  try {
    if (fileLocks.tryLock(file.fd)) return { release: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}
