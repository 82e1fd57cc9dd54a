import { join } from 'node:path';
import { writeSettings } from './apply-setup.js';
import { readSettings } from './settings-file.js';

const begin = '<!-- escarp:begin -->';
const end = '<!-- escarp:end -->';
const lines = [
  begin,
  'Browsers come from escarp: call `escarp_acquire` first, pass its `lease` in every other call, `escarp_release` at the end; `escarp docs skill` says more.',
  end,
].join('\n');

const block = new RegExp(String.raw`\n*${begin}[^]*?${end}\n?`);

export interface AgentsMdChange {
  readonly path: string;
  /** Undefined if there is no such file yet. */
  readonly before: string | undefined;
  readonly after: string;
}

/** What must change so that the instructions in a folder mention escarp, in three lines, or no longer do. */
export async function planAgentsMd(folder: string, remove: boolean): Promise<AgentsMdChange | undefined> {
  const path = join(folder, 'AGENTS.md');
  const before = await readSettings(path);
  const after = remove ? without(before ?? '') : withLines(before ?? '');
  return after === (before ?? '') ? undefined : { path, before, after };
}

/** All or nothing. @throws SetupError `settings_not_writable` */
export async function applyAgentsMd({ path, before, after }: AgentsMdChange): Promise<void> {
  await writeSettings(path, before, after);
}

function withLines(text: string): string {
  const found = block.exec(text)?.[0];
  // If they are there already they stay; what precedes and follows them is the user's.
  if (found !== undefined) return text.replace(block, () => `${/^\n*/.exec(found)?.[0] ?? ''}${lines}\n`);
  if (text.trim() === '') return `${lines}\n`;
  return `${text.trimEnd()}\n\n${lines}\n`;
}

const without = (text: string): string => text.replace(block, (_, at: number) => (at === 0 ? '' : '\n'));
