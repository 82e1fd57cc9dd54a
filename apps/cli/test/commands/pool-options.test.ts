import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

const onDisplay = { headless: false, display: expect.stringMatching(/^:/) };
const headless = { headless: true, display: null };

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('options of a running pool', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1, { DISPLAY: '', WAYLAND_DISPLAY: '' });
    await home.json(['up']);
  });
  afterAll(() => home.remove());

  /** Does what a hint says, as a shell would. */
  const obey = async (hint: string): Promise<Json> => {
    const commands = hint.slice(hint.indexOf('escarp ')).split(' && ');
    let last: Json = {};
    for (const command of commands) last = await home.json(command.split(' ').slice(1));
    return last;
  };

  it.each([
    [['up', '--displays'], 'with --headless, not --displays'],
    [['up', '--tier', 'supervised'], 'with --tier autonomous, not supervised'],
    [['up', '--cdp-base-port', '1234'], 'not 1234'],
    [['up', '--pool-size', '2'], 'with 1 slot'],
    [['up', '--require-token'], 'without a token'],
  ])('%j are refused with the command that would apply them', async (args, says) => {
    expect(await home.json(args)).toMatchObject({
      error: 'pool_runs_otherwise',
      message: expect.stringContaining(says),
      hint: expect.stringContaining('escarp '),
    });
    expect(await home.run(args)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('that match the running pool are no reason to refuse', async () => {
    const args = ['up', '--headless', '--pool-size', '1', '--tier', 'autonomous', '--no-require-token'];
    expect(await home.run(args)).toMatchObject({ exitCode: 0 });
  });

  it('are changed by doing what the hint says, and back again', async () => {
    const { hint } = await home.json(['up', '--displays']);
    const shown = await obey(String(hint));
    expect(shown).toMatchObject({ slots: [onDisplay] });
    const back = await home.json(['up', '--headless']);
    expect(back).toMatchObject({ message: expect.stringContaining('with --displays, not --headless') });
    expect(await obey(String(back['hint']))).toMatchObject({ slots: [headless] });
  });

  it('are not assumed for browsers that outlived their daemon', async () => {
    await home.json(['daemon', 'stop']);
    expect(await home.json(['up', '--displays'])).toMatchObject({ error: 'pool_runs_otherwise' });
    expect(await home.json(['launch-pool', '--tier', 'delegated'])).toMatchObject({
      error: 'pool_runs_otherwise',
    });
    expect(await home.json(['up'])).toMatchObject({ slots: [headless] });
  });

  it('close an open pool by doing what the hint says, until it is opened again', async () => {
    const isOpen = async (): Promise<boolean> => {
      const { url } = await home.json(['up']);
      return (await fetch(`${String(url)}/status`)).ok;
    };
    const { hint } = await home.json(['up', '--require-token']);
    await obey(String(hint));
    expect(await isOpen()).toBe(false);
    expect(await home.json(['up', '--require-token'])).toMatchObject({ pool_size: 1 });
    // A bare curl would be refused, so none is suggested.
    expect((await home.run(['up'])).stdout).toMatch(/to callers that send its token/);
    // Whoever starts the next daemon need not remember it.
    await home.json(['daemon', 'stop']);
    expect(await isOpen()).toBe(false);
    const reopen = await home.json(['up', '--no-require-token']);
    await obey(String(reopen['hint']));
    expect(await isOpen()).toBe(true);
  });

  it('from the environment are named if they have no effect', async () => {
    const env = { ESCARP_LEASE_TTL_S: '7', ESCARP_RESET: 'tabs' };
    const names = ['ESCARP_LEASE_TTL_S', 'ESCARP_RESET'];
    for (const args of [['up'], ['status', '--verbose']]) {
      const { stderr } = await home.run(args, env);
      for (const name of names) expect(stderr).toContain(`${name}: ${env[name as keyof typeof env]} here`);
      expect((await home.run(args)).stderr).toBe('');
    }
    const { settings_not_applied: told } = await home.json(['up'], env);
    expect(told).toMatchObject(names.map((variable) => ({ variable })));
    expect((await home.run(['doctor'], env)).stdout).toContain(
      'ESCARP_LEASE_TTL_S: 7 here, 60 in the daemon',
    );
  });
});

describe('options that this machine does not support', () => {
  it.skipIf(process.platform === 'darwin').each([
    [['--cua-apps'], '--cua-apps needs macOS.'],
    [['--headed'], 'There is no screen for --headed'],
    [['--displays', '--headless'], '--headless and --displays exclude each other.'],
    [['--displays', '--cua-apps'], '--displays and --cua-apps exclude each other.'],
    [['--cdp-base-port', '65535'], '--cdp-base-port must be'],
  ])('%j are refused before anything is started', async (options, says) => {
    const home = await makeEscarpHome(1, { DISPLAY: '', WAYLAND_DISPLAY: '' });
    for (const command of ['up', 'launch-pool']) {
      const said = await home.run([command, ...options]);
      expect(said).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says), stdout: '' });
      expect(said.stderr).not.toContain('Starting');
    }
    await home.remove();
  });
});
