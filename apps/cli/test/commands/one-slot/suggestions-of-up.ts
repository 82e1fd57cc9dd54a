import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Said } from '../escarp-home.js';
import { untilPrinted } from '../escarp-home.js';

/** A pool, and what the command said that brought it up. */
export interface UpPool {
  readonly home: EscarpHome;
  readonly up: Said;
}

export function suggestionsOfUp(pool: () => UpPool): void {
  describe('what up suggests', { tags: ['browser'] }, () => {
    let home: EscarpHome;
    let next: Map<string, string[]>;
    beforeAll(() => {
      const { stdout } = pool().up;
      ({ home } = pool());
      const lines = stdout.slice(stdout.indexOf('Next:')).split('\n').slice(1);
      const commands = lines.map((line) => /\bescarp (.*?) {2,}/.exec(line)?.[1]?.split(' ') ?? []);
      next = new Map(commands.map((words) => [words[0] ?? '', words]));
    });
    const words = (name: string): string[] => next.get(name) ?? [];

    it('is tried here in full', () => {
      expect([...next.keys()].toSorted()).toEqual(['acquire', 'run', 'setup', 'status']);
    });

    it('holds a slot until it is interrupted', async () => {
      const holding = home.start(words('acquire'));
      await untilPrinted(holding, 'stderr', /Holding slot \d/);
      holding.child.kill('SIGINT');
      expect(await holding.ended).toMatchObject({ exitCode: 130 });
    });

    it('gives a script the browser that it leases', async () => {
      const folder = join(home.path, '..', 'work');
      await mkdir(folder);
      await writeFile(
        join(folder, 'script.js'),
        `fetch(process.argv[2].replace(/^ws/, 'http').replace(/devtools.*/, 'json/version'))
          .then((reply) => reply.json()).then(({ webSocketDebuggerUrl }) => console.log(webSocketDebuggerUrl === process.argv[2]))`,
      );
      expect(await home.run(words('run'), {}, folder)).toMatchObject({ exitCode: 0, stdout: 'true' });
    });

    it('registers with an agent', async () => {
      const user = join(home.path, '..', 'user');
      await mkdir(user);
      await writeFile(join(user, '.claude.json'), '{}');
      const said = await home.run(words('setup'), { HOME: user, PATH: user });
      expect(said).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('escarp answers with') });
    });

    it('shows the table, live', async () => {
      const watching = home.start(words('status'));
      await untilPrinted(watching, 'stdout', /SLOT/);
      watching.child.kill('SIGINT');
      expect(await watching.ended).toMatchObject({ exitCode: 130 });
    });
  });
}
