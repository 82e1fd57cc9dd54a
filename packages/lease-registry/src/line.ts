import type { Edit } from './versioned.js';
import type { ResourceSelector } from './selector.js';
import { anyLine, keyLine, lineOf, matches, wantsLabels } from './selector.js';
import type { Line, RegistryState, Resource, Waiter } from './state.js';
import { emptyLine } from './state.js';
import type { Draft } from './turn.js';

export function joinLine(draft: Draft, waiter: Waiter, edit: Edit): void {
  const name = lineOf(waiter.selector);
  const line = lineFor(draft, waiter.selector) ?? emptyLine(waiter.selector);
  const waiters = line.waiters.set(waiter.requestId, waiter, edit);
  putLine(draft, name, { ...line, waiters }, edit);
}

export function leaveLine(draft: Draft, waiter: Waiter, edit: Edit): void {
  const name = lineOf(waiter.selector);
  const line = lineFor(draft, waiter.selector);
  if (line === undefined) throw new Error(`Invariant broken: no line ${name}.`);
  putLine(draft, name, { ...line, waiters: line.waiters.delete(waiter.requestId, edit) }, edit);
}

/** The one who came first among all that this resource can serve. */
export function firstInLine(state: RegistryState, resource: Resource): Waiter | undefined {
  const heads = [state.lines.get(anyLine), state.lines.get(keyLine(resource.key))];
  if (state.labelLines.size > 0) {
    heads.push(...state.labelLines.values().filter((line) => matches(line.selector, resource)));
  }
  let first: Waiter | undefined;
  for (const line of heads) {
    const head = line?.waiters.least();
    if (head !== undefined && (first === undefined || head.arrival < first.arrival)) first = head;
  }
  return first;
}

/** How many stand in the line for this selector. */
export function lengthOfLine(state: RegistryState, selector: ResourceSelector): number {
  return lineFor(state, selector)?.waiters.size ?? 0;
}

/** A waiter's place in its line, from 1; also of one that is absent and keeps its place. */
export function rankInLine(state: RegistryState, waiter: Waiter): number {
  const others = lineFor(state, waiter.selector)?.waiters.upTo(waiter.arrival - 1) ?? [];
  return others.length + 1;
}

function lineFor(state: RegistryState, selector: ResourceSelector): Line | undefined {
  return (wantsLabels(selector) ? state.labelLines : state.lines).get(lineOf(selector));
}

function putLine(draft: Draft, name: string, line: Line, edit: Edit): void {
  const lines = wantsLabels(line.selector) ? 'labelLines' : 'lines';
  const empty = line.waiters.size === 0;
  draft[lines] = empty ? draft[lines].delete(name, edit) : draft[lines].set(name, line, edit);
}
