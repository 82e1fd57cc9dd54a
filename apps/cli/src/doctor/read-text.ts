import { readFile } from 'node:fs/promises';

/** The file's text without surrounding white space, or undefined if it cannot be read. */
export function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
