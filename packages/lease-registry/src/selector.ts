/** Names with values that a resource can be selected by. */
export interface Labels {
  readonly [name: string]: string;
}

/** What a caller is content with: one resource by key, or any that carries all of these labels. `{}` is any. */
export interface ResourceSelector {
  readonly key?: string;
  readonly labels?: Labels;
}

interface Selectable {
  readonly key: string;
  readonly labels: Labels;
}

/** Whether a resource will do. */
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

/** The name of the queue for a selector: equal selectors, and only those, share one. */
export function queueName(selector: ResourceSelector): string {
  if (!wantsLabels(selector)) return selector.key === undefined ? anyQueue : keyQueue(selector.key);
  const labels = Object.entries(selector.labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([selector.key ?? null, labels]);
}

export const anyQueue = '*';

export function keyQueue(key: string): string {
  return `=${key}`;
}
