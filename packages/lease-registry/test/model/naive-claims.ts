import type { Claim } from '../../src/index.js';

/** Whether a claim goes together with these others on the same asset. */
export function goesWith(claim: Claim, others: readonly Claim[], capacity: number): boolean {
  const modes = others.filter(({ name }) => name === claim.name).map(({ mode }) => mode);
  if (claim.mode === 'exclusive') return modes.length === 0;
  if (modes.includes('exclusive')) return false;
  if (claim.mode === 'update' && modes.includes('update')) return false;
  return modes.length + 1 <= capacity;
}
