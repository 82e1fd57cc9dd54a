import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Schema } from './as-agreed.js';
import { asAgreed } from './as-agreed.js';
import {
  doctorDocument,
  downDocument,
  logDocument,
  logsDocument,
  planDocument,
  releaseDocument,
  scaleDocument,
  setupPlanDocument,
} from './documents.js';
import type { EscarpHome, Json } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from './escarp-home.js';

// Separate processes, on machines that have other things to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let home: EscarpHome;
afterAll(() => home.remove());

/** The document of a command, which matches the schema and contains nothing else. */
async function agreed(schema: Schema, args: readonly string[], env = {}): Promise<Json> {
  const document = await home.json(args, env);
  expect(await asAgreed(schema, document)).toEqual(document);
  return document;
}

describe('a document of a command that needs no pool', () => {
  beforeAll(async () => {
    home ??= await makeEscarpHome(3, { ...keepsBrowsers, ESCARP_POOL_SIZE: '2' });
  });

  it('is as agreed: plan', async () => {
    const { plan } = await agreed(planDocument, ['plan', '--agents', '4', '--busy', '50%']);
    expect((plan as Json)['pools']).not.toEqual([]);
  });

  it('is as agreed: doctor', async () => {
    expect(await agreed(doctorDocument, ['doctor'])).toHaveProperty('level');
  });

  it('is as agreed: setup --dry-run, by a settings file or by the program of the client', async () => {
    const user = String(home.env['HOME']);
    await mkdir(join(user, '.cursor'));
    const bin = join(user, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'claude'), '#!/bin/sh\nexit 0\n');
    await chmod(join(bin, 'claude'), 0o755);
    const kinds = async (client: string, env = {}) => {
      const { steps } = await agreed(setupPlanDocument, ['setup', client, '--dry-run'], env);
      return (steps as Json[]).map(({ kind }) => kind);
    };
    expect(await kinds('cursor')).toEqual(['edit']);
    expect(await kinds('claude-code', { PATH: bin })).toEqual(['run']);
    const forPeople = await home.run(['setup', 'cursor', '--dry-run']);
    expect(forPeople.stderr).toContain('Nothing is changed.');
    expect(forPeople.stdout).toMatch(/^--- .*\n\+\+\+ /);
    expect(await readdir(join(user, '.cursor'))).toEqual([]);
    expect((await home.run(['setup', 'cursor', '--dry-run', '--remove'])).stdout).toMatch(
      /is not registered/,
    );
  });
});

describe('a document of a command on a pool that is up', { tags: ['browser'] }, () => {
  beforeAll(async () => {
    home ??= await makeEscarpHome(3, { ...keepsBrowsers, ESCARP_POOL_SIZE: '2' });
    const { exitCode, stderr } = await home.run(['up']);
    if (exitCode !== 0) throw new Error(stderr);
  });

  it('is as agreed: pool list', async () => {
    expect(await agreed(operations.status.output, ['pool', 'list'])).toMatchObject({ pool_size: 2 });
  });

  it('is as agreed: scale, planned and done', async () => {
    await agreed(scaleDocument, ['scale', '3', '--dry-run']);
    expect(await agreed(scaleDocument, ['scale', '3'])).toMatchObject({ add: [2], dry_run: false });
  });

  it('is as agreed: pool remove, with and without its browser', async () => {
    expect(await agreed(operations.poolRemove.output, ['pool', 'remove', '2'])).not.toHaveProperty('pid');
    await home.json(['pool', 'add', '2']);
    const kept = await agreed(operations.poolRemove.output, ['pool', 'remove', '2', '--keep-chrome']);
    expect(kept).toMatchObject({ pid: expect.any(Number), cdp_port: expect.any(Number) });
  });

  it('is as agreed: release, by its holder and by an operator', async () => {
    await home.json(['acquire', '--holder', 'ada', '--wait', '60']);
    expect((await agreed(releaseDocument, ['release', '--mine']))['released']).toHaveLength(1);
    await home.json(['acquire', '--holder', 'ada', '--dev-port', '3000', '--wait', '60']);
    expect((await agreed(releaseDocument, ['release', '--all']))['released']).toHaveLength(1);
  });

  it('is as agreed: log, of all that happened', async () => {
    const { events } = await agreed(logDocument, ['log']);
    const types = (events as Json[]).map(({ event }) => (event as Json)['type']);
    const seen = ['resource-added', 'resource-free', 'lease-granted', 'lease-ended', 'resource-removed'];
    expect(types).toEqual(expect.arrayContaining(seen));
  });

  it('is as agreed: logs, of the daemon and of a browser', async () => {
    expect((await agreed(logsDocument, ['logs']))['lines']).not.toEqual([]);
    expect((await agreed(logsDocument, ['logs', '--slot', '0']))['lines']).not.toEqual([]);
  });

  it('is as agreed: down', async () => {
    expect(await agreed(downDocument, ['down'])).toMatchObject({ slots_stopped: [0, 1, 2] });
  });
});
