import { expect } from 'vitest';

/** One row of the published table: how often something was tried, and how often it got through. */
export interface AttackResult {
  readonly attack: string;
  readonly attempts: number;
  readonly gotThrough: number;
}

/** Compares what was measured with what is published; `--update` writes it down. */
export async function expectPublished(
  name: string,
  title: string,
  results: readonly AttackResult[],
): Promise<void> {
  const text = `${JSON.stringify({ title, results }, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`../results/${name}.json`);
}
