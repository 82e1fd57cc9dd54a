import { type Claim, noClaims } from './asset.js';

/** Names and values by which a resource can be selected. */
export interface Labels {
  readonly [name: string]: string;
}

/** Which resources a caller accepts: one by key, or any with all of these labels. `{}` accepts any. */
export interface ResourceSelector {
  readonly key?: string;
  readonly labels?: Labels;
}

interface Selectable {
  readonly key: string;
  readonly labels: Labels;
}

/** Whether a selector accepts a resource. */
export function matches(selector: ResourceSelector, resource: Selectable): boolean {
  if (selector.key !== undefined && selector.key !== resource.key) return false;
  for (const name in selector.labels) {
    if (selector.labels[name] !== resource.labels[name]) return false;
  }
  return true;
}

export function wantsLabels(selector: ResourceSelector): boolean {
  for (const _ in selector.labels) return true;
  return false;
}

/** What a request is for. */
export interface Wish {
  readonly selector: ResourceSelector;
  readonly claims?: readonly Claim[];
}

/** Whether anything but the key of a resource decides what serves it. */
export function isSelective({ selector, claims = noClaims }: Wish): boolean {
  return claims.length > 0 || wantsLabels(selector);
}

/** The name of the queue for a request. Only those for the same share a queue. */
export function queueName(wish: Wish): string {
  const { selector, claims = noClaims } = wish;
  if (!isSelective(wish)) return selector.key === undefined ? anyQueue : keyQueue(selector.key);
  const labels = Object.entries(selector.labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([selector.key ?? null, labels, claims.map(({ name, mode }) => [name, mode])]);
}

export const anyQueue = '*';

export function keyQueue(key: string): string {
  return `=${key}`;
}
