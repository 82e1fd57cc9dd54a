import type { Context, Section } from '../section.js';
import { environmentWith, escarpPath, runNode } from '../subjects/escarp-program.js';

const resetMsUnmeasured = 300;

export const thousandAgents: Section = {
  name: 'plan',
  title: 'A thousand agents: escarp plan, which plays their work on the real registry',
  measure: async (context) => {
    const measured = context.earlier.find(
      ({ section, name }) => section === 'turnover' && name === 'recycle',
    );
    const resetS = (measured?.median ?? resetMsUnmeasured) / 1_000;
    for (const busy of ['10%', '30%', '60%']) {
      const agents = context.effort.of(20, 1_000, 1_000);
      context.say(`${agents} agents, ${busy} of the time with a browser`);
      const json = await runNode(
        [
          escarpPath,
          'plan',
          '--json',
          '--agents',
          String(agents),
          '--busy',
          busy,
          '--reset',
          resetS.toFixed(3),
        ],
        environmentWith({}),
      );
      report(context, agents, busy, JSON.parse(json).plan);
    }
    const source = measured === undefined ? 'assumed' : 'measured in this run';
    context.note(
      `Simulated, not measured: sessions of 60 s on average, resets of ${resetS.toFixed(2)} s (${source}), seed 1; the smallest pool with a wait of at most 5 s for 19 of 20 sessions stands between its neighbours.`,
    );
  },
};

interface Plan {
  readonly slots: number;
  readonly pools: readonly { slots: number; wait_s: { p50: number; p95: number; max: number } }[];
}

function report(context: Context, agents: number, busy: string, { slots, pools }: Plan): void {
  const enough = pools.findIndex((pool) => pool.slots === slots);
  for (const pool of pools.slice(Math.max(0, enough - 1), enough + 2)) {
    const name = `${agents} agents, ${busy}: p95 wait, ${pool.slots} slots${pool.slots === slots ? ' (enough)' : ''}`;
    context.row({ name, unit: 's', values: [pool.wait_s.p95] });
  }
}
