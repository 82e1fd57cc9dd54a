import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createInstantSlots } from './instant-slots.js';
import { makeTestHome, type RunningDaemon, type TestHome } from './start-test-daemon.js';
import { until } from './until.js';

/** All at once, so that nobody reads the half of it. */
const writesDown = `printf '%s\\0' "$@" > "$0.new"; mv "$0.new" "$\{0%/*}/told"`;

/** On a desktop whose `notify-send` writes down what it was told. */
describe('a desktop notification of the daemon', () => {
  let home: TestHome;
  let daemon: RunningDaemon;
  const told = async (): Promise<string[]> => {
    const text = await readFile(join(home.path, 'bin', 'told'), 'utf8').catch(() => '');
    return text.split('\0').slice(0, -1);
  };

  async function start(env: Record<string, string>, script = writesDown): Promise<void> {
    home = await makeTestHome(1, env);
    const bin = join(home.path, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'notify-send'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'notify-send'), 0o755);
    const { machine } = await home.options();
    const PATH = `${bin}:${process.env['PATH']}`;
    const environment = { ...machine.environment, PATH, DISPLAY: ':9', ESCARP_SECRET: 'secret' };
    daemon = await home.start({
      slots: createInstantSlots(),
      machine: { ...machine, platform: 'linux', environment },
    });
    await until(async () => (await daemon.client.status()).slots.every(({ state }) => state === 'free'));
  }

  afterEach(() => home.remove());

  async function asked(reason: string): Promise<string> {
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const { outcome } = await daemon.client.ask({ handle, leaseToken, reason, timeoutS: 1 });
    return outcome;
  }

  it('shows what an agent asks, word for word', async () => {
    await start({ ESCARP_NOTIFY: 'desktop' });
    const reason = `$(touch ${home.path}/x); \`id\` "captcha" -u`;
    await asked(reason);
    const args = await until(async () => ((await told()).length > 0 ? told() : undefined));
    expect(args).toEqual([
      '--app-name=escarp',
      '--',
      'escarp: the agent on slot 0 asks for you',
      `ann: ${reason}`,
    ]);
    await expect(readFile(join(home.path, 'x'))).rejects.toThrow('ENOENT');
  });

  it('shows that a request waits for approval', async () => {
    await start({ ESCARP_NOTIFY: 'desktop' });
    const { registry } = daemon.broker;
    await registry.submit({ type: 'asset-set', name: 'shop', capacity: 1, approval: true, version: 1 });
    const asking = registry.acquire({
      type: 'acquire',
      requestId: 'one',
      leaseId: 'lease-one',
      tokenDigest: 'digest-one',
      scope: { holder: 'ann' },
      selector: {},
      claims: [{ name: 'shop', mode: 'shared' }],
    });
    const args = await until(async () => ((await told()).length > 0 ? told() : undefined));
    expect(args.slice(2)).toEqual(['escarp: approval needed', 'ann: to use shop']);
    const [approval] = (await daemon.client.status()).approvals ?? [];
    await daemon.client.approve({ id: String(approval?.id), approve: true });
    await asking;
  });

  it('that hangs holds nobody up, and ends with the daemon', async () => {
    await start({ ESCARP_NOTIFY: 'desktop' }, `printf '%s\\0' $$ > "$\{0%/*}/told"; exec sleep 600`);
    expect(await asked('captcha')).toBe('timed_out');
    const pid = Number(await until(async () => (await told())[0]));
    await daemon.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each([
    ['the operator has switched them off', { ESCARP_NOTIFY: 'off' }],
    ['the operator has a command', { ESCARP_NOTIFY: 'desktop', ESCARP_ASK_COMMAND: '/bin/true' }],
  ])('is not shown where %s', async (_, env) => {
    await start(env);
    expect(await asked('captcha')).toBe('timed_out');
    expect(await told()).toEqual([]);
  });
});
