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

/** Whether a selector accepts every resource. */
export function acceptsAny(selector: ResourceSelector): boolean {
  return selector.key === undefined && !wantsLabels(selector);
}
