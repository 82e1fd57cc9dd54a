import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EscarpHome, makeEscarpHome } from './escarp-home.js';
import { LeaseStandIn } from './lease-stand-in.js';

const hook = fileURLToPath(new URL('../../../../plugin/hooks/leases.mjs', import.meta.url));

describe('the token of a lease that commands remember', { timeout: 120_000 }, () => {
  let home: EscarpHome;
  let own: LeaseStandIn;
  let other: LeaseStandIn;

  beforeEach(async () => {
    home = await makeEscarpHome(1);
    [own, other] = await Promise.all([LeaseStandIn.start('own'), LeaseStandIn.start('other')]);
    await mkdir(home.path, { mode: 0o700 });
    await serveHome(own);
  });
  afterEach(async () => {
    await home.remove();
    own.close();
    other.close();
  });

  /** This process is the daemon's, as far as anybody can tell. */
  const serveHome = async ({ url }: LeaseStandIn): Promise<void> => {
    const port = Number(new URL(url).port);
    const file = { pid: process.pid, port, url, version: '1', startedAt: 1 };
    await writeFile(join(home.path, 'daemon.json'), JSON.stringify(file), { mode: 0o600 });
  };
  const atOther = (): Record<string, string> => ({ ESCARP_BROKER_URL: other.url });
  const rememberedTokens = async (): Promise<unknown[]> => {
    const leases: { leaseToken?: unknown }[] = JSON.parse(
      await readFile(join(home.path, 'leases.json'), 'utf8'),
    );
    return leases.map(({ leaseToken }) => leaseToken);
  };

  const fireHook = async (env: Record<string, string>): Promise<void> => {
    const [{ worktree }]: [{ worktree: string }] = JSON.parse(
      await readFile(join(home.path, 'leases.json'), 'utf8'),
    );
    const child = spawn(process.execPath, [hook], { env: { ...home.env, ...env }, stdio: 'pipe' });
    child.stdin.end(JSON.stringify({ hook_event_name: 'WorktreeRemove', worktree_path: worktree }));
    await once(child, 'close');
  };

  it('is told by no command to another daemon that ESCARP_BROKER_URL names', async () => {
    await home.json(['acquire', '--holder', 'ada']);
    const commands = [
      ['release', '--mine'],
      ['release', '--mine', '--everywhere'],
      ['release'],
      ['renew', '--mine'],
      ['renew', '--slot', '0'],
      ['renew', '--holder', 'ada'],
      ['handoff', '--to', 'ben'],
      ['ask', 'Help.', '--slot', '0'],
    ];
    await Promise.all(commands.map((command) => home.run(command, atOther())));
    expect(other.tokens).toEqual([]);
    expect(await rememberedTokens()).toEqual(['own-0']);
  });

  it('is told to the daemon that granted it, and kept beside that of another for a slot of the same number', async () => {
    await home.json(['acquire', '--holder', 'ada']);
    await home.json(['acquire', '--holder', 'ada'], atOther());
    expect(await rememberedTokens()).toEqual(['own-0', 'other-0']);
    expect(await home.json(['release', '--mine'], atOther())).toMatchObject({ released: [{ slot: 0 }] });
    expect(other.tokens).toEqual(['other-0']);
    expect(own.tokens).toEqual([]);
    expect(await home.json(['release', '--mine'])).toMatchObject({ released: [{ slot: 0 }] });
    expect(own.tokens).toEqual(['own-0']);
    expect(other.tokens).toEqual(['other-0']);
  });

  it('is told to the daemon of the state directory however it is named, and at its next port', async () => {
    await home.json(['acquire', '--holder', 'ada']);
    await home.json(['renew', '--mine'], { ESCARP_BROKER_URL: own.url.replace('127.0.0.1', 'localhost') });
    await serveHome(other);
    await home.json(['renew', '--mine']);
    expect([own.tokens, other.tokens]).toEqual([['own-0'], ['own-0']]);
  });

  it('is told by the plugin’s hooks to the daemon that granted it, and to no other', async () => {
    await home.json(['acquire', '--holder', 'ada']);
    await fireHook(atOther());
    expect(other.tokens).toEqual([]);
    // On a busy machine it may give up before it has told anybody.
    const tokens = async (): Promise<readonly string[]> => {
      await fireHook({});
      return own.tokens;
    };
    await expect.poll(tokens).toContain('own-0');
  });

  it('that an older version left is for the daemon of the state directory', async () => {
    await home.json(['acquire', '--holder', 'ada']);
    const leases: object[] = JSON.parse(await readFile(join(home.path, 'leases.json'), 'utf8'));
    const older = leases.map((lease) => ({ ...lease, origin: undefined }));
    await writeFile(join(home.path, 'leases.json'), JSON.stringify(older));
    await home.json(['release', '--mine', '--everywhere'], atOther());
    expect(other.tokens).toEqual([]);
    await home.json(['release', '--mine', '--everywhere']);
    expect(own.tokens).toEqual(['own-0']);
  });
});
