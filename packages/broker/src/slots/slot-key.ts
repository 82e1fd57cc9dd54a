/** A slot is a number to people and a key to the registry, which knows nothing of slots. */
export function keyOf(slot: number): string {
  return `slot-${slot}`;
}

export function slotOf(key: string): number {
  return Number(key.slice('slot-'.length));
}
