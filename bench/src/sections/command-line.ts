import { fileURLToPath } from 'node:url';
import type { Row } from '../row.js';
import type { Context, Section } from '../section.js';
import { startProgram } from '../subjects/child-program.js';
import { environmentWith, escarpPath, runNode } from '../subjects/escarp-program.js';
import { withScratch } from '../scratch.js';
import { elapsedMs } from '../timing.js';

export const commandLine: Section = {
  name: 'cli',
  title: 'The command line: wall time of a whole process, slots that reset in no time',
  measure: (context) =>
    withScratch(async (home) => {
      const broker = await startProgram('broker', { slots: 4 });
      try {
        await compare(
          context,
          environmentWith({ ESCARP_HOME: home, ESCARP_BROKER_URL: String(broker.ready['url']) }),
        );
      } finally {
        await broker.stop();
      }
    }),
};

const bareStart = 'node -e 0';
const idleYargs = 'yargs that does nothing';
const idleYargsPath = fileURLToPath(new URL('./programs/idle-yargs.js', import.meta.url));

async function compare(context: Context, env: Record<string, string>): Promise<void> {
  const escarp = (...args: string[]): Promise<string> => runNode([escarpPath, ...args], env);
  const commands: Record<string, () => Promise<unknown>> = {
    [bareStart]: () => runNode(['-e', '0'], env),
    [idleYargs]: () => runNode([idleYargsPath], env),
    'escarp status': () => escarp('status'),
    'escarp acquire + release': async () => {
      await escarp('acquire', '--holder', 'bench');
      await escarp('release', '--mine');
    },
  };
  const samples = new Map<string, number[]>();
  for (let round = 0; round < context.effort.of(1, 15, 50); round++) {
    context.say(`round ${round + 1}`);
    for (const [name, command] of Object.entries(commands)) {
      samples.set(name, [...(samples.get(name) ?? []), await elapsedMs(command)]);
    }
  }
  report(context, samples);
}

interface Comparison {
  /** The row it is measured against. */
  readonly rival?: string;
  /** The most times that row it may take. */
  readonly ratioMax?: number;
}

const comparisons: Readonly<Record<string, Comparison>> = {
  [idleYargs]: { rival: bareStart },
  'escarp status': { rival: idleYargs, ratioMax: 1.25 },
  'escarp acquire + release': { rival: idleYargs, ratioMax: 2.5 },
};

function report(context: Context, samples: ReadonlyMap<string, readonly number[]>): void {
  const rows = new Map<string, Row>();
  for (const [name, values] of samples) {
    const { rival: rivalName = '', ratioMax } = comparisons[name] ?? {};
    const rival = rows.get(rivalName);
    const row = context.row({
      name,
      unit: 'ms',
      isOurs: name.startsWith('escarp '),
      values,
      ...(rival === undefined ? {} : { rival }),
      ...(ratioMax === undefined ? {} : { goal: { of: 'ratio', max: ratioMax } as const }),
    });
    rows.set(name, row);
  }
  context.note('acquire + release are two processes, so a ratio of 2 is two command lines that do nothing.');
}
