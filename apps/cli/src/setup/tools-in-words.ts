import { printable } from '../print/printable.js';
import { counted } from '../print/quantities.js';

/** What a server answered with. A page server has dozens of tools, which its client lists; the names are another program's. */
export function toolsInWords(tools: readonly string[]): string {
  const [first, ...more] = tools.filter((tool) => tool.startsWith('escarp_')).map(printable);
  const others = tools.length - more.length - (first === undefined ? 0 : 1);
  return [
    ...(first === undefined
      ? []
      : [more.length === 0 ? first : `${first} and ${more.length} more of its own`]),
    ...(others === 0 ? [] : [counted(others, 'page tool')]),
  ].join(', and ');
}
