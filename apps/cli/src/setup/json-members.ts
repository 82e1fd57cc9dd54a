import { applyEdits, createScanner, type Edit, type Node } from 'jsonc-parser';

// Numbers of jsonc-parser's SyntaxKind, which is a const enum and so cannot be imported as a value.
const commaToken = 5;
const endOfFileToken = 17;

/** Replaces a value with another, laid out like its surroundings. */
export function replaceValue(text: string, { offset, length }: Node, value: unknown): string {
  const isInline = !text.slice(offset, offset + length).includes('\n') && !isRecord(value);
  const content = isInline ? inline(value) : laidOut(text, value, indentationAt(text, offset));
  return applyEdits(text, [{ offset, length, content }]);
}

/** Adds a member at the end of an object; comments, commas and layout of the others stay as they are. */
export function insertMember(text: string, object: Node, name: string, value: unknown): string {
  const start = object.offset + 1;
  const end = object.offset + object.length - 1;
  const last = object.children?.at(-1);
  const inside = text.slice(start, end);
  if (last !== undefined && !inside.includes('\n')) {
    return applyEdits(text, [addition(endOf(last), `, ${JSON.stringify(name)}: ${inline(value)}`)]);
  }
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentationAt(text, object.offset);
  const indent = last === undefined ? outer + unitOf(text) : indentationAt(text, last.offset);
  const member = `${eol}${indent}${JSON.stringify(name)}: ${laidOut(text, value, indent)}`;
  const at = start + inside.trimEnd().length;
  // The closing bracket of an object written on one line moves to a line of its own.
  const closing = inside.slice(inside.trimEnd().length).includes('\n') ? '' : `${eol}${outer}`;
  if (last === undefined) {
    const rest = closing === '' ? [] : [{ offset: at, length: end - at, content: '' }];
    return applyEdits(text, [addition(at, member + closing), ...rest]);
  }
  const trailing = commaAfter(text, endOf(last), end) !== undefined;
  const comma = trailing ? [] : [addition(endOf(last), ',')];
  return applyEdits(text, [...comma, addition(at, member + (trailing ? ',' : '') + closing)]);
}

/** Removes a member, with one comma, and with its line if nothing else is on it. */
export function removeMember(text: string, object: Node, member: Node): string {
  const members = object.children ?? [];
  const previous = members[members.indexOf(member) - 1];
  const following = commaAfter(text, endOf(member), endOf(object) - 1);
  const own = lineOf(text, member, following);
  const comma = following ?? (previous && commaAfter(text, endOf(previous), member.offset));
  const apart = comma === undefined || isWithin(own, comma) ? [] : [removal(comma, 1)];
  const without = applyEdits(text, [own, ...apart]);
  const inside = without.slice(object.offset + 1, endOf(object) - 1 - (text.length - without.length));
  if (members.length > 1 || inside.trim() !== '') return without;
  return applyEdits(without, [removal(object.offset + 1, inside.length)]);
}

/**
 * From the end of the previous line to the end of the member, or to its comma; less if something else is on its line.
 */
function lineOf(text: string, member: Node, comma: number | undefined): Edit {
  const isNext = comma !== undefined && text.slice(endOf(member), comma).trim() === '';
  const end = isNext ? comma + 1 : endOf(member);
  const after = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  const isAlone = /^(?:\r?\n|\})/.test(text.slice(end + after));
  if (!isAlone) return removal(member.offset, end + after - member.offset);
  const before = /(?:\r?\n)?[ \t]*$/.exec(text.slice(0, member.offset))?.[0].length ?? 0;
  return removal(member.offset - before, end - member.offset + before);
}

function commaAfter(text: string, from: number, until: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  const token: number = scanner.scan();
  if (token === endOfFileToken || scanner.getTokenOffset() >= until) return undefined;
  return token === commaToken ? scanner.getTokenOffset() : undefined;
}

const addition = (offset: number, content: string): Edit => ({ offset, length: 0, content });
const removal = (offset: number, length: number): Edit => ({ offset, length, content: '' });
const endOf = ({ offset, length }: Node): number => offset + length;
const isWithin = ({ offset, length }: Edit, at: number): boolean => at >= offset && at < offset + length;
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function laidOut(text: string, value: unknown, indent: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return JSON.stringify(value, undefined, unitOf(text)).split('\n').join(`${eol}${indent}`);
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${inline(each)}`);
  return `{ ${members.join(', ')} }`;
}

/** The white space at the beginning of the line that contains this offset. */
function indentationAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** One step of indentation, as in the first indented line. */
function unitOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}
