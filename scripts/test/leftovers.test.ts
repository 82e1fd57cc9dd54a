import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endLeftovers } from '../leftovers.mjs';

let mark: string;
beforeEach(() => {
  mark = mkdtempSync(join(tmpdir(), 'leftovers-'));
});
afterEach(() => rmSync(mark, { recursive: true }));

it.skipIf(process.platform !== 'linux')(
  'ends a detached process that carries the mark in its environment',
  async () => {
    const marked = spawn('sleep', ['60'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: mark },
    });
    const ended = once(marked, 'exit');
    await once(marked, 'spawn');

    expect(endLeftovers(mark).map(({ pid }) => pid)).toEqual([marked.pid]);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(endLeftovers(mark)).toEqual([]);
  },
);

it('ends a process that carries the mark in its arguments', async () => {
  const marked = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', mark], { stdio: 'ignore' });
  const ended = once(marked, 'exit');
  await once(marked, 'spawn');

  expect(endLeftovers(mark).map(({ pid }) => pid)).toContain(marked.pid);
  expect(await ended).toEqual([null, 'SIGKILL']);
});

it('leaves every other process alone', async () => {
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(stranger, 'spawn');
  try {
    expect(endLeftovers(mark)).toEqual([]);
    expect(stranger.exitCode).toBeNull();
  } finally {
    stranger.kill();
  }
});
