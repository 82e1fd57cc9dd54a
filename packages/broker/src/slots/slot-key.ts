import type { SlotAddress } from '@escarp/contract';

/** A slot is an address to people and a key to the registry, which knows nothing about slots. */
export function keyOf({ host, slot }: SlotAddress): string {
  return host === undefined ? `slot-${slot}` : `${host}/slot-${slot}`;
}

export function addressOf(key: string): SlotAddress {
  const cut = key.lastIndexOf('/');
  const slot = Number(key.slice(cut + 1 + 'slot-'.length));
  return cut === -1 ? { slot } : { host: key.slice(0, cut), slot };
}

/** The slot's number on its host. */
export function slotOf(key: string): number {
  return addressOf(key).slot;
}
