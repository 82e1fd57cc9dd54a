import { readFile } from 'node:fs/promises';

/** The file's text without the white space around it, or undefined where it cannot be read. */
export function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
