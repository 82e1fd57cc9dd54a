import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Results } from '../src/report/results.js';
import { sections as allSections } from '../src/sections/index.js';

const isLong = process.env['ESCARP_LONG'] === '1';
/**
 * Measured much as others are: a display as a headless slot is watched, a login as a page is reached, a suite as memory is, a
 * click as those of the agent who is watched, and page tools as a page is reached with them.
 */
const likeOthers = new Set(['click', 'display-view', 'login', 'page-tools', 'test-suite']);
const chosen = allSections.map(({ name }) => name).filter((name) => isLong || !likeOthers.has(name));
const words = ['--smoke', ...(isLong ? ['--whole'] : []), ...chosen.flatMap((name) => ['--only', name])];

const run = promisify(execFile);
const program = fileURLToPath(new URL('../bench.mjs', import.meta.url));

describe('pnpm bench', { tags: ['browser'], timeout: 1_200_000 }, () => {
  const much = isLong
    ? 'every section beside its rivals'
    : 'each kind of section beside a rival of each kind';
  it(`measures ${much} and writes each figure down`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'escb-'));
    try {
      const out = join(folder, 'results.json');
      const { stdout } = await run(process.execPath, [program, ...words, '--out', out], {
        cwd: folder,
        // The rivals keep caches and sockets there for their next run.
        env: { ...process.env, TMPDIR: folder },
      }).catch(whatFailed);
      const { sections, machine }: Results = JSON.parse(await readFile(out, 'utf8'));
      expect(stdout).toMatch(/^load \d/);
      expect(machine.versions['playwright-core']).toMatch(/^\d+\.\d+/);
      expect(sections.map(({ name }) => name)).toEqual(chosen);
      for (const { name, title, rows } of sections) {
        expect(stdout).toContain(title);
        if (['memory', 'test-suite', 'display-view'].includes(name) && process.platform !== 'linux') continue;
        expect(rows).not.toEqual([]);
        expect(rows.every(({ median, p95, n }) => n > 0 && Number.isFinite(median) && p95 >= median)).toBe(
          true,
        );
      }
      const lease = sections[0]?.rows.find(({ name }) => name.startsWith('escarp lease'));
      expect(lease).toMatchObject({ rival: 'chromium.launch, 1 at once', ratio: expect.any(Number) });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function whatFailed(error: Error & { stdout?: string }): never {
  const lines = (error.stdout ?? '').split('\n').filter((line) => line.includes('FAILED'));
  throw new Error([error.message, ...lines].join('\n'), { cause: error });
}
