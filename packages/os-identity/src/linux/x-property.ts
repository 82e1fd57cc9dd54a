import type { XConnection } from './x-connection.js';

/** Words of four bytes asked of a property: more than any name, class or list of supported hints needs. */
const WORDS_MAX = 4096;

export function atom(x: XConnection, name: string): Promise<number> {
  return x.ask((client, done) => client.InternAtom(false, name, done));
}

/** The raw bytes of a property, or null when the window has none of that name. */
export async function readProperty(x: XConnection, window: number, name: string): Promise<Buffer | null> {
  const nameAtom = await atom(x, name);
  const property = await x.ask<{ type: number; data: Buffer }>((client, done) =>
    client.GetProperty(0, window, nameAtom, 0, 0, WORDS_MAX, done),
  );
  return property.type === 0 ? null : property.data;
}

/** A property of 32-bit values (cardinals, atoms, windows). */
export async function readNumbers(x: XConnection, window: number, name: string): Promise<number[]> {
  const data = await readProperty(x, window, name);
  if (data === null) return [];
  return Array.from({ length: Math.floor(data.length / 4) }, (_value, index) => data.readUInt32LE(index * 4));
}

export async function readText(x: XConnection, window: number, name: string): Promise<string | null> {
  const data = await readProperty(x, window, name);
  return data === null ? null : data.toString('utf8');
}
