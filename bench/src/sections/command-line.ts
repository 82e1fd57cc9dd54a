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

async function compare(context: Context, env: Record<string, string>): Promise<void> {
  const escarp = (...args: string[]): Promise<string> => runNode([escarpPath, ...args], env);
  const commands: Record<string, () => Promise<unknown>> = {
    [bareStart]: () => runNode(['-e', '0'], env),
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

const goals: Readonly<Record<string, number>> = { 'escarp status': 2.5, 'escarp acquire + release': 3 };

function report(context: Context, samples: ReadonlyMap<string, readonly number[]>): void {
  let rival: Row | undefined;
  for (const [name, values] of samples) {
    const max = goals[name];
    const row = context.row({
      name,
      unit: 'ms',
      isOurs: name !== bareStart,
      values,
      ...(rival === undefined ? {} : { rival }),
      ...(max === undefined ? {} : { goal: { of: 'ratio', max } as const }),
    });
    rival ??= row;
  }
  context.note('acquire + release are two processes, so a ratio of 2 is two bare starts of Node.');
}
