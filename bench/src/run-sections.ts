import type { Effort } from './effort.js';
import type { SectionResults } from './report/results.js';
import type { Row } from './row.js';
import { rowOf } from './row.js';
import type { Section } from './section.js';

export interface RunPorts {
  readonly browser: string;
  readonly effort: Effort;
  say(text: string): void;
  finished(section: SectionResults): void;
}

/** Measures one section after the other: nothing else may run beside what is measured. */
export async function runSections(sections: readonly Section[], ports: RunPorts): Promise<SectionResults[]> {
  const results: SectionResults[] = [];
  const earlier: Row[] = [];
  for (const each of sections) {
    const { name, title } = each;
    const rows: Row[] = [];
    const notes: string[] = [];
    const startedAt = performance.now();
    await each.measure({
      effort: ports.effort,
      browser: ports.browser,
      say: (text) => ports.say(`${name}: ${text}`),
      row: (measurement) => {
        const row = rowOf(name, measurement);
        rows.push(row);
        return row;
      },
      note: (sentence) => void notes.push(sentence),
      earlier,
    });
    earlier.push(...rows);
    const section = {
      name,
      title,
      rows,
      notes,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    };
    results.push(section);
    ports.finished(section);
  }
  return results;
}
