import type { Order } from './persistent-map.js';
import type { Edit } from './versioned.js';
import { PersistentMap } from './persistent-map.js';

/**
 * A memory of the last things: at least `capacity` of them, at most twice as many.
 *
 * Two generations. When the young one is full it becomes the old one and the old one is forgotten, so remembering
 * costs one insertion however much is forgotten with it.
 */
export interface BoundedMemory<V> {
  readonly capacity: number;
  readonly young: PersistentMap<V>;
  readonly old: PersistentMap<V>;
}

export function emptyMemory<V>(capacity: number, order?: Order<V>): BoundedMemory<V> {
  return { capacity, young: PersistentMap.empty(order), old: PersistentMap.empty(order) };
}

export function recall<V>(memory: BoundedMemory<V>, key: string): V | undefined {
  return memory.young.get(key) ?? memory.old.get(key);
}

export function remember<V>(memory: BoundedMemory<V>, key: string, value: V, edit: Edit): BoundedMemory<V> {
  const { capacity, young, old } = memory;
  if (young.size < capacity) return { capacity, young: young.set(key, value, edit), old };
  return { capacity, young: young.emptied().set(key, value, edit), old: young };
}

export function forget<V>(memory: BoundedMemory<V>, key: string, edit: Edit): BoundedMemory<V> {
  const { capacity, young, old } = memory;
  return { capacity, young: young.delete(key, edit), old: old.delete(key, edit) };
}
