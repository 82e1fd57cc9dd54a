import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@escarp/test-support';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';
import type { Ended } from '../../src/program.js';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

export function examplesOfUsers(pool: () => PoolAndSite): void {
  describe('the examples', { tags: ['browser'], timeout: 180_000 }, () => {
    let home: EscarpHome;
    let project: string;
    let env: { readonly PORT: string };

    beforeAll(async () => {
      ({ home } = pool());
      project = await home.addProject('examples');
      env = { PORT: String(await freePorts(1)) };
    });

    /** Copies the example into the user's project and runs one of its scripts there. */
    const npmRun = async (name: string, script: string): Promise<Ended> => {
      const folder = join(project, name);
      await cp(join(examples, name), folder, { recursive: true });
      const program = home.start(['npm', 'run', '--silent', script], env, folder);
      program.child.stdin.end();
      return program.ended;
    };

    it('a template of Playwright Test passes on a desktop and on a phone', async () => {
      const { exitCode, stdout } = await npmRun('playwright', 'test');
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^ +6 passed/m) });
    });

    it('Vitest runs tests in a leased browser', async () => {
      const journal = await home.journal();
      const { exitCode, stdout, stderr } = await npmRun('vitest-browser', 'test');
      expect({ exitCode, stderr, stdout }).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('1 passed'),
      });
      await journal.until({ type: 'lease-granted' });
    });

    it.each(['puppeteer', 'selenium'])('a %s script drives its slot', async (name) => {
      const { exitCode, stdout, stderr } = await npmRun(name, 'visit');
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 0,
        stdout: expect.stringMatching(/^slot \d: Leased\n$/),
        stderr: '',
      });
    });

    it('are all tried here, at the versions that are installed', async () => {
      const folders = (await readdir(examples, { withFileTypes: true })).filter((entry) =>
        entry.isDirectory(),
      );
      expect(folders.map(({ name }) => name).toSorted()).toEqual([
        'playwright',
        'puppeteer',
        'selenium',
        'vitest-browser',
      ]);
      for (const { name } of folders) {
        const { dependencies = {}, devDependencies = {} } = await manifest(join(examples, name));
        for (const [dependency, version] of Object.entries({ ...dependencies, ...devDependencies })) {
          const installed = await manifest(join(project, 'node_modules', dependency));
          expect([dependency, version]).toEqual([dependency, installed.version]);
        }
      }
    });
  });
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

async function manifest(folder: string): Promise<Manifest> {
  const read: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return read;
}
