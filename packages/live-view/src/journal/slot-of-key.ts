/** The number of the slot that the registry knows by this key; undefined for any other key. */
export function slotOfKey(key: string): number | undefined {
  const match = /^slot-(\d+)$/.exec(key);
  return match === null ? undefined : Number(match[1]);
}
