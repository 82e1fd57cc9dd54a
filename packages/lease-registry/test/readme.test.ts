import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const readme = readFileSync(at('../README.md'), 'utf8');
const blockOf = (language: string) => readme.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

describe('the example in the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs as it stands and prints what the README says', async () => {
    const said: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    const file = join(folder, 'device-pool.mjs');
    const source = JSON.stringify(pathToFileURL(at('../src/index.ts')).href);
    writeFileSync(file, blockOf('js').replace("'@escarp/lease-registry'", source));
    await import(/* @vite-ignore */ pathToFileURL(file).href);
    expect(said.join('\n')).toBe(blockOf('text').trimEnd());
  });
});
