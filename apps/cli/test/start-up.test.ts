import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';

describe('what every command loads of the built program', () => {
  let code: string;
  beforeAll(async () => {
    const start = new URL('../dist/index.js', import.meta.url);
    code = (await Promise.all((await loadedWith(start)).map((file) => readFile(file, 'utf8')))).join('\n');
  });

  it('parses command lines without the rest of yargs', () => {
    expect(code).toContain('unknown-options-as-args');
    expect(code).not.toContain('YargsInstance');
  });

  it('leaves the table of emoji to be compiled when a width is asked for', () => {
    expect(code).toMatch(/new RegExp\("[^"]*RGI_Emoji/);
    expect(code).not.toMatch(/\/[^/"]*RGI_Emoji[^/"]*\/[a-z]*v/);
  });
});

/** A file of the program, and what it imports at once, directly or through others. */
async function loadedWith(start: URL): Promise<URL[]> {
  const files = new Map([[start.href, start]]);
  for (const file of files.values()) {
    const imported = (await readFile(file, 'utf8')).matchAll(/(?:from|import) ?"(\.\/[^"]+)"/g);
    for (const [, path = ''] of imported) {
      const next = new URL(path, file);
      files.set(next.href, next);
    }
  }
  return [...files.values()];
}
