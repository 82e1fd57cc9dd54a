import { messageOf } from '@escarp/contract';
import type { Effort } from './effort.js';
import type { SectionResults } from './report/results.js';
import type { Row } from './row.js';
import { rowOf } from './row.js';
import type { Section } from './section.js';
import type { LendPool } from './subjects/shared-pools.js';

export interface RunPorts {
  readonly browser: string;
  readonly effort: Effort;
  readonly lendPool: LendPool;
  say(text: string): void;
  finished(section: SectionResults): void;
}

/** Measures one section after the other: nothing else may run beside what is measured. One that fails takes no other along. */
export async function runSections(sections: readonly Section[], ports: RunPorts): Promise<SectionResults[]> {
  const results: SectionResults[] = [];
  for (const section of sections) {
    const measured = await runSection(
      section,
      ports,
      results.flatMap(({ rows }) => rows),
    );
    results.push(measured);
    ports.finished(measured);
  }
  return results;
}

async function runSection(
  section: Section,
  ports: RunPorts,
  earlier: readonly Row[],
): Promise<SectionResults> {
  const { name, title } = section;
  const rows: Row[] = [];
  const notes: string[] = [];
  const startedAt = performance.now();
  const failure = await failureOf(async () =>
    section.measure({
      effort: ports.effort,
      browser: ports.browser,
      lendPool: ports.lendPool,
      say: (text) => ports.say(`${name}: ${text}`),
      row: (measurement) => {
        const row = rowOf(name, measurement);
        rows.push(row);
        return row;
      },
      note: (sentence) => void notes.push(sentence),
      earlier,
    }),
  );
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  return { name, title, rows, notes, seconds, ...(failure === undefined ? {} : { failure }) };
}

async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
