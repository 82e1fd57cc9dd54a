import { open, rename } from 'node:fs/promises';

/** Replaces a file as a whole: a reader, or a crash, sees the old content or the new, never a part. Mode 0600. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
