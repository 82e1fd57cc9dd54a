import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Schema } from './as-agreed.js';
import { documentAsAgreed } from './as-agreed.js';
import { doctorDocument, planDocument, setupPlanDocument } from './documents.js';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

// Separate processes, on machines that have other things to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('a document of a command that needs no pool', () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1);
  });
  afterAll(() => home.remove());

  const agreed = (schema: Schema, args: readonly string[], env = {}): Promise<Json> =>
    documentAsAgreed(home, schema, args, env);

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
