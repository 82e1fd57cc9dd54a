import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { isFull } from './attack-scale.js';

/** One row of the published table: how often something was tried, and how often it got through. */
export interface AttackResult {
  readonly attack: string;
  readonly attempts: number;
  readonly gotThrough: number;
}

/** One table of the published page. */
export interface AttackGroup {
  readonly title: string;
  readonly results: readonly AttackResult[];
}

/**
 * Compares what was measured with what is published; in full with `--update`, writes it down. In short, the same
 * attacks must have been tried, each in its smaller number.
 */
export async function expectPublished(
  name: string,
  title: string,
  results: readonly AttackResult[],
): Promise<void> {
  const group: AttackGroup = { title, results };
  const path = `../results/${name}.json`;
  if (isFull) return expect(`${JSON.stringify(group, null, 2)}\n`).toMatchFileSnapshot(path);
  const text = await readFile(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
  const published: AttackGroup = JSON.parse(text);
  expect(outcomes(group)).toEqual(outcomes(published));
  expect(results.filter(({ attempts }) => attempts === 0)).toEqual([]);
}

function outcomes({ title, results }: AttackGroup): { title: string; results: string[] } {
  return { title, results: results.map(({ attack, gotThrough }) => `${attack}: ${gotThrough}`) };
}
