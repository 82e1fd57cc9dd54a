import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mutants } from '../../packages/lease-registry/prove/mutants.mjs';

const source = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../packages/lease-registry/src/${file}`, import.meta.url)), 'utf8');

it.each(mutants)('the defect "$name" can still be put into the lease engine', ({ edits }) => {
  for (const { file, from } of edits) expect(source(file).split(from)).toHaveLength(2);
});
