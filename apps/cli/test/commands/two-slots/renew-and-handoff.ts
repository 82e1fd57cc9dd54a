import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@escarp/transport';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { asAgreed } from '../as-agreed.js';
import type { EscarpHome, Json } from '../escarp-home.js';
import { program } from '../escarp-home.js';

export function renewAndHandoff(pool: () => EscarpHome, ttlS: number): void {
  describe('a lease of the command line', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    let shop: string;
    let fix: string;
    beforeAll(async () => {
      home = pool();
      [shop, fix] = [join(home.path, '..', 'till'), join(home.path, '..', 'till-fix')];
      for (const folder of [shop, fix]) await mkdir(folder);
    });

    const acquire = (cwd: string, ...more: string[]) =>
      home.json(['acquire', '--wait', '100', ...more], {}, cwd);
    const releaseAll = () => home.json(['release', '--all']);
    const remembered = async (): Promise<Json[]> =>
      JSON.parse(await readFile(join(home.path, 'leases.json'), 'utf8')) as Json[];
    /** A command that reads what is typed. */
    const typing = (input: string, ...args: string[]): { status: number | null; answer: Json } => {
      const { status, stdout } = spawnSync(process.execPath, [program, ...args, '--json'], {
        env: { ...home.env },
        cwd: fix,
        input,
        encoding: 'utf8',
      });
      return { status, answer: JSON.parse(stdout) as Json };
    };
    const only = (document: Json, list: string): Json => {
      const found = document[list] as Json[];
      expect(found).toHaveLength(1);
      return found[0]!;
    };

    it('is renewed, which moves its end in the daemon and in the command line’s file, and shows no token', async () => {
      const lease = await acquire(shop);
      const document = await home.json(['renew'], {}, shop);
      const renewed = only(document, 'renewed');
      expect(Number(renewed['expires_at'])).toBeGreaterThan(Number(lease['expires_at']));
      expect(
        only(await home.json(['renew', '--slot', String(lease['slot'])], {}, fix), 'renewed'),
      ).toMatchObject({
        slot: lease['slot'],
      });
      const last = only(
        typing(`${String(lease['lease_token'])}\n`, 'renew', '--token', '-').answer,
        'renewed',
      );
      expect(await remembered()).toMatchObject([{ expiresAt: last['expires_at'] }]);
      expect(JSON.stringify(document)).not.toContain(lease['lease_token']);
      const { leaseToken: _, ...entries } = operations.heartbeat.output.entries;
      const schema = v.strictObject({ renewed: v.array(v.strictObject(entries)), ended: v.array(v.any()) });
      expect(await asAgreed(schema, document)).toEqual(document);
    });

    it('is renewed for as long as requested, even across a restart of the daemon', async () => {
      const { stdout } = await home.run(['renew', '--ttl', String(20 * ttlS)], {}, shop);
      expect(stdout).toMatch(/^slot \d: until \d{4}-.*Z \(\d{5} s\)$/);
      await home.run(['daemon', 'stop']);
      await home.run(['daemon', '--background']);
      const { slots } = await home.json(['status']);
      const ends = (slots as Json[]).map(({ expires_at: end }) => Number(end ?? 0));
      expect(Math.max(...ends) - Date.now() / 1_000).toBeGreaterThan(10 * ttlS);
      await releaseAll();
    });

    it('that has ended is reported with exit code 5 and forgotten, while the others are renewed', async () => {
      const [one, two] = [await acquire(shop), await acquire(shop)];
      await home.json(['release', '--slot', String(one['slot'])]);
      const { exitCode, stdout } = await home.run(['renew', '--mine', '--json'], {}, shop);
      const document = JSON.parse(stdout) as Json;
      expect(exitCode).toBe(5);
      expect(only(document, 'renewed')['slot']).toBe(two['slot']);
      expect(only(document, 'ended')).toMatchObject({ slot: one['slot'], error: 'lease_ended' });
      expect(await remembered()).toMatchObject([{ slot: two['slot'] }]);
      expect(await home.run(['renew', '--mine', '--json'], {}, fix)).toMatchObject({
        exitCode: 5,
        stdout: expect.stringContaining('"unknown_lease"'),
      });
      await releaseAll();
      const shell = { ESCARP_LEASE_TOKEN: String(two['lease_token']) };
      expect(await home.run(['renew'], shell, fix)).toMatchObject({ exitCode: 5 });
    });

    it('is handed over with a code that is valid once, for one holder, and then remembered as the new one', async () => {
      const lease = await acquire(shop);
      const { stdout } = await home.run(['handoff', '--to', 'bob the tester', '--ttl', '600'], {}, shop);
      expect(stdout).toMatch(/escarp acquire --holder 'bob the tester' --handoff=[\w-]{43}\n/);
      const code = /--handoff=([\w-]{43})/.exec(stdout)?.[1] ?? '';
      const accept = (holder: string) => typing(`${code}\n`, 'acquire', '--holder', holder, '--handoff', '-');
      expect(accept('eve')).toMatchObject({ status: 5, answer: { error: 'handoff_not_for_you' } });
      const { answer: taken } = accept('bob the tester');
      expect(taken).toMatchObject({ slot: lease['slot'], pid: lease['pid'], holder: 'bob the tester' });
      expect(accept('bob the tester')).toMatchObject({ status: 5, answer: { error: 'unknown_handoff' } });
      expect((await remembered()).map(({ leaseToken }) => leaseToken)).toEqual([taken['lease_token']]);
      const logs = join(home.path, 'logs');
      const kept = [join(home.path, 'leases.json'), ...(await readdir(logs)).map((name) => join(logs, name))];
      for (const path of kept) expect(await readFile(path, 'utf8')).not.toContain(code);
      await releaseAll();
    });

    it('is handed over to a command that runs, which does not see the code, and the old lease is forgotten', async () => {
      const lease = await acquire(shop);
      const offer = await home.json(['handoff', '--to', 'bob', '--slot', String(lease['slot'])], {}, fix);
      expect(offer).toEqual({
        slot: lease['slot'],
        to: 'bob',
        handoff: expect.stringMatching(/^[\w-]{43}$/),
        expires_at: expect.any(Number),
      });
      const bob = { ESCARP_HANDOFF: String(offer['handoff']) };
      const command = ['--', 'sh', '-c', 'echo "$ESCARP_SLOT ${ESCARP_HANDOFF-unset}"'];
      expect(await home.run(['run', '--holder', 'bob', ...command], bob, fix)).toMatchObject({
        exitCode: 0,
        stdout: `${String(lease['slot'])} unset`,
      });
      expect(await remembered()).toEqual([]);
    });

    it('is not handed over with options that contradict it', async () => {
      const bob = { ESCARP_HANDOFF: 'code' };
      for (const args of [
        ['acquire', '--slot', '1'],
        ['run', '--lazy', '--', 'true'],
        ['run', '--handoff', '-', '--', 'true'],
      ])
        expect(await home.run(args, bob), args.join(' ')).toMatchObject({ exitCode: 2 });
      expect(await home.run(['handoff'], {}, shop)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('--to'),
      });
    });
  });
}
