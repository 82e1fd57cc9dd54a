import { type Claim, type ClaimMode, type HeldClaim, noClaims } from './asset.js';
import type { RegistryState, Resource } from './state.js';

/**
 * Whether these claims fit beside what is held and beside the claims of everyone in the queue who came before. Who came
 * first is thus never overtaken at an asset, and holds up nobody who claims others.
 * @param arrival the place in the order of arrival; Infinity for a new request.
 */
export function claimsFit(state: RegistryState, claims: readonly Claim[], arrival: number): boolean {
  return claims.every((claim) => fits(state, claim, arrival));
}

/** The claims on these assets as they are now, with their versions. */
export function heldClaims({ assets }: RegistryState, claims: readonly Claim[]): readonly HeldClaim[] {
  if (claims.length === 0) return noClaims;
  return claims.map(({ name, mode }) => ({ name, mode, version: assets.get(name)?.version ?? 0 }));
}

/** The resources whose present or last holder claims one of these assets. */
export function claimants({ resources }: RegistryState, claims: readonly Claim[]): Resource[] {
  const names = new Set(claims.map(({ name }) => name));
  return [...resources.values()].filter((resource) => resource.claims.some(({ name }) => names.has(name)));
}

export function needsApproval({ assets }: RegistryState, claims: readonly Claim[]): boolean {
  return claims.some(({ name }) => assets.get(name)?.approval === true);
}

function fits(state: RegistryState, { name, mode }: Claim, arrival: number): boolean {
  const others = [...held(state, name), ...awaited(state, name, arrival)];
  if (mode === 'exclusive') return others.length === 0;
  if (others.includes('exclusive') || (mode === 'update' && others.includes('update'))) return false;
  return others.length < (state.assets.get(name)?.capacity ?? 0);
}

function held({ resources }: RegistryState, asset: string): ClaimMode[] {
  return [...resources.values()].flatMap(({ claims }) => modesOf(claims, asset));
}

function awaited({ selectiveQueues }: RegistryState, asset: string, arrival: number): ClaimMode[] {
  return [...selectiveQueues.values()]
    .filter(({ claims }) => claims.length > 0)
    .flatMap(({ waiters }) => waiters.values().filter((waiter) => waiter.arrival < arrival))
    .flatMap(({ claims }) => modesOf(claims, asset));
}

function modesOf(claims: readonly Claim[], asset: string): ClaimMode[] {
  return claims.filter(({ name }) => name === asset).map(({ mode }) => mode);
}
