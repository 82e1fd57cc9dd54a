import { fromWireName, toWireName } from './wire/names.js';

const placeholder = /\{(\w+)\}/g;

/** The fields of an operation's input that are in its path rather than in a body, by their names in the input. */
export function pathFields(path: string): string[] {
  return Array.from(path.matchAll(placeholder), ([, name = '']) => fromWireName(name) ?? name);
}

/** The path with the input's fields in their places, and the rest of the input. */
export function filledPath(path: string, input: object): { path: string; rest: object } {
  const fields = new Map<string, unknown>(Object.entries(input));
  const filled = path.replaceAll(placeholder, (_, name: string) => {
    const field = fromWireName(name) ?? name;
    const value = fields.get(field);
    fields.delete(field);
    return encodeURIComponent(String(value));
  });
  return { path: filled, rest: Object.fromEntries(fields) };
}

/** The path in a router's notation: `/logins/:name`. */
export function routerPath(path: string): string {
  return path.replaceAll(placeholder, (_, name: string) => `:${toWireName(name)}`);
}
