import type { Registry, Reply } from '@escarp/lease-registry';
import type { SavedLogin } from '@escarp/saved-logins';

/** Tells the registry the current state of a login. Rejects as the registry's `submit` does. */
export async function announceLogin(
  registry: Registry,
  { metadata: { name, version, access, needsApproval: approval } }: SavedLogin,
): Promise<Reply> {
  const capacity = access.mode === 'shared' ? access.holdersMax : 1;
  const asset = registry.state.assets.get(name);
  const isKnown = asset?.version === version && asset.capacity === capacity && asset.approval === approval;
  if (isKnown) return { type: 'done' };
  return registry.submit({ type: 'asset-set', name, capacity, approval, version });
}
