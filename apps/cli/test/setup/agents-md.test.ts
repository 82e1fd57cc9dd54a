import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyAgentsMd, planAgentsMd } from '../../src/setup/agents-md.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agents-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, 'AGENTS.md');
const read = () => readFileSync(path(), 'utf8');

async function setUp(remove = false): Promise<boolean> {
  const change = await planAgentsMd(folder, remove);
  if (change !== undefined) await applyAgentsMd(change);
  return change !== undefined;
}

describe('setup of AGENTS.md', () => {
  it('makes the file with three lines where there is none, and changes nothing the second time', async () => {
    expect(await setUp()).toBe(true);
    expect(read().trimEnd().split('\n')).toHaveLength(3);
    expect(await setUp()).toBe(false);
  });

  it('adds the lines to what is there, and takes only them away', async () => {
    const before = '# Rules\n\nBe kind.\n';
    writeFileSync(path(), before);
    await setUp();
    expect(read()).toMatch(
      /^# Rules\n\nBe kind\.\n\n<!-- escarp:begin -->\n.*escarp_acquire.*\n<!-- escarp:end -->\n$/,
    );
    await setUp(true);
    expect(read()).toBe(before);
  });

  it('updates lines of an older version where they stand', async () => {
    writeFileSync(path(), 'First.\n\n<!-- escarp:begin -->\nold text\n<!-- escarp:end -->\n\nLast.\n');
    await setUp();
    expect(read()).toMatch(
      /^First\.\n\n<!-- escarp:begin -->\n.*escarp_acquire.*\n<!-- escarp:end -->\n\nLast\.\n$/,
    );
    expect(read()).not.toContain('old text');
  });
});
