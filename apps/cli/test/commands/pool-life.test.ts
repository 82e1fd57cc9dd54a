import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operations } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asAgreed } from './as-agreed.js';
import type { EscarpHome, Json, Said } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome, untilPrinted } from './escarp-home.js';
import { isAlive } from './is-alive.js';

const shell = promisify(execFile);
const slotsIn = (document: Json): Json[] => document['slots'] as Json[];
const statesIn = (document: Json) => slotsIn(document).map(({ state }) => state);

describe('launch-pool and daemon', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => void (home = await makeEscarpHome(3, { ESCARP_POOL_SIZE: '2' })));
  afterAll(() => home.remove());

  it('launches what does not run, keeps what does, stops what was dropped', async () => {
    const first = slotsIn(await home.json(['launch-pool', '--pool-size', '3']));
    const second = slotsIn(await home.json(['launch-pool', '--pool-size', '3']));
    expect(second).toEqual(first);
    expect(first.map(({ slot }) => slot)).toEqual([0, 1, 2]);
    const smaller = slotsIn(await home.json(['launch-pool', '--pool-size', '2']));
    expect(smaller).toEqual(first.slice(0, 2));
    expect(first.map(({ pid }) => isAlive(pid))).toEqual([true, true, false]);
  });

  it('serves them in the background, is not started twice, and leaves them when it stops', async () => {
    const before = slotsIn(await home.json(['launch-pool']));
    const { url, pid } = await home.json(['daemon', '--background', '--no-heal']);
    expect(isAlive(pid)).toBe(true);
    expect(await home.json(['daemon'])).toMatchObject({ error: 'daemon_already_running' });
    expect(await home.json(['launch-pool'])).toMatchObject({ error: 'pool_error' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { stdout, exitCode } = await home.run(['daemon', 'stop', '--grace', '20']);
    expect({ stdout, exitCode }).toEqual({
      stdout: 'The daemon has stopped.\nThe slots keep running.',
      exitCode: 0,
    });
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000 });
    expect(before.map((slot) => isAlive(slot['pid']))).toEqual([true, true]);
    expect((await home.run(['daemon', 'stop'])).stdout).toContain('No daemon was running.');
  });

  it('ends in the foreground at one signal, and at two, with code 0', async () => {
    for (const signals of [1, 2]) {
      const daemon = home.start(['daemon']);
      await untilPrinted(daemon, 'stdout', /daemon: http/);
      for (let sent = 0; sent < signals; sent++) daemon.child.kill('SIGINT');
      expect(await daemon.ended).toMatchObject({ exitCode: 0, stderr: 'Stopping. The browsers live on.' });
    }
  });

  it('says whose a port is that it cannot have, and touches nothing', async () => {
    const stranger = await makeEscarpHome(1, { ESCARP_CDP_BASE: String(home.env['ESCARP_CDP_BASE']) });
    try {
      const [launched] = slotsIn(await home.json(['launch-pool']));
      const refused = await stranger.run(['launch-pool']);
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ESCARP_CDP_BASE') });
      expect(refused.stderr).toContain(String(home.env['ESCARP_CDP_BASE']));
      expect(isAlive(launched?.['pid'])).toBe(true);
    } finally {
      await stranger.remove();
    }
  });

  it('takes the pool away with --kill-pool, from a holder only with --force', async () => {
    const pids = slotsIn(await home.json(['launch-pool'])).map(({ pid }) => pid);
    await home.json(['daemon', '--background']);
    await home.json(['acquire', '--holder', 'somebody', '--wait', '60']);
    expect(await home.run(['daemon', 'stop', '--kill-pool'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/leased: \d \(somebody\)[^]*--force/),
    });
    expect(await home.json(['daemon', 'stop', '--kill-pool', '--force'])).toEqual({
      daemon_stopped: true,
      slots_stopped: [0, 1],
    });
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe('a pool that is up', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  let first: Said;
  beforeAll(async () => {
    home = await makeEscarpHome(2, keepsBrowsers);
    first = await home.run(['up']);
  });
  afterAll(() => home.remove());

  it('says what takes long on standard error, and what to do next', () => {
    expect(first).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('escarp setup claude-code'),
      stderr: 'Starting the daemon\nLaunching 2 slots',
    });
  });

  it('is taken over, not launched, by an up after its daemon has stopped', async () => {
    const pids = slotsIn(await home.json(['status'])).map(({ pid }) => pid);
    await home.run(['daemon', 'stop']);
    expect(await home.run(['up'])).toMatchObject({
      exitCode: 0,
      stderr: 'Starting the daemon\nTaking over 2 running slots',
    });
    expect(slotsIn(await home.json(['status'])).map(({ pid }) => pid)).toEqual(pids);
  });

  it('is left alone by another up, which says how to change its size', async () => {
    const pids = slotsIn(await home.json(['status'])).map(({ pid }) => pid);
    expect(await home.run(['up', '--pool-size', '5'])).toMatchObject({
      stderr: 'x The pool is already running with 2 slots.\n  To change that: escarp scale 5',
      exitCode: 1,
    });
    expect(slotsIn(await home.json(['up'])).map(({ pid }) => pid)).toEqual(pids);
  });

  it('has a status of the agreed shape, on a pipe without colours', async () => {
    const document = await home.json(['status']);
    const { stdout } = await home.run(['status'], { FORCE_COLOR: '3' });
    expect(stdout).toMatch(/^SLOT\s+STATE/);
    expect(stdout).not.toContain('\u001b');
    expect(document).toMatchObject({ pool_size: 2, queue_length: 0, lease_ttl_s: 60 });
    expect(await home.json(['pool', 'list'])).toMatchObject({ pool_size: 2 });
    expect(await asAgreed(operations.status.output, document)).toEqual(document);
    expect(slotsIn(document).map(({ tier }) => tier)).toEqual(['autonomous', 'autonomous']);
  });

  it('leases a slot to the command line and takes it back', async () => {
    const lease = await home.json(['acquire', '--holder', 'ada', '--slot', '1', '--dev-port', '3333']);
    expect(await asAgreed(operations.acquire.output, lease)).toEqual(lease);
    expect(lease).toMatchObject({ slot: 1, holder: 'ada', dev_port: 3333, tier: 'autonomous' });
    const { stdout } = await home.run(['status']);
    expect(stdout).toContain('ada');
    expect(stdout).not.toContain(String(lease['lease_token']));
    const refused = await home.run(['acquire', '--holder', 'bob', '--slot', '1']);
    expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('leased') });
    const { released } = await home.json(['release', '--mine']);
    expect(released).toMatchObject([{ slot: 1, state: 'free' }]);
    const [given] = released as Json[];
    expect(await asAgreed(operations.release.output, given)).toEqual(given);
    expect(await home.run(['release', '--mine'])).toMatchObject({
      stdout: 'Nothing to release.',
      exitCode: 0,
    });
  });

  it('refuses at once when it is full, and lets those wait who want to', async () => {
    await home.json(['acquire', '--holder', 'ada']);
    await home.json(['acquire', '--holder', 'ada']);
    const full = await home.json(['acquire', '--holder', 'bob']);
    expect(full).toMatchObject({ error: 'pool_exhausted', hint: expect.any(String) });
    expect(JSON.stringify(full)).not.toMatch(/token"|wait_s/);
    expect(await home.run(['acquire', '--holder', 'bob'])).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('--wait SECONDS'),
    });
    expect(await home.run(['acquire', '--holder', 'bob', '--wait', '1.2'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('Waiting up to 1.2 s for a slot'),
    });
    const waiting = home.json(['acquire', '--holder', 'bob', '--wait', '60']);
    const running = home.start(['run', '--wait', '600', '--', 'true']);
    await untilPrinted(running, 'stderr', /^escarp: Waiting for a slot: all 2 are leased\.$/m);
    await home.run(['release', '--holder', 'ada']);
    expect(await waiting).toMatchObject({ holder: 'bob' });
    expect(await running.ended).toMatchObject({ exitCode: 0, stdout: '' });
    const { released } = await home.json(['release', '--all']);
    expect(released).toHaveLength(1);
  });

  it.each([
    ['--slot', (lease: Json) => String(lease['slot'])],
    ['--holder', () => 'cleo'],
    ['--token', (lease: Json) => String(lease['lease_token'])],
  ])('releases by %s', async (option, value) => {
    const lease = await home.json(['acquire', '--holder', 'cleo', '--wait', '60']);
    const { released } = await home.json(['release', option, value(lease)]);
    expect(released).toMatchObject([{ slot: lease['slot'], holder: null }]);
    expect(await home.run(['release', '--token', 'x'.repeat(43)])).toMatchObject({ exitCode: 5 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('keeps a held lease until %s, then releases it', async (signal) => {
    const holding = home.start(['acquire', '--holder', 'holding', '--hold', '--wait', '60']);
    await untilPrinted(holding, 'stderr', /Holding slot \d; Ctrl-C releases it\./);
    expect((await home.run(['status'])).stdout).toContain('holding');
    holding.child.kill(signal);
    expect(await holding.ended).toMatchObject({ exitCode: 130 });
    expect((await home.run(['status'])).stdout).not.toContain('holding');
    expect(await home.json(['release', '--mine'])).toEqual({ released: [] });
  });

  it('ends a hold whose lease was taken away, and says so', async () => {
    const holding = home.start(['acquire', '--holder', 'robbed', '--hold', '--ttl', '9', '--wait', '60']);
    await untilPrinted(holding, 'stderr', /Holding/);
    await home.run(['release', '--holder', 'robbed']);
    expect(await holding.ended).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('revoked') });
  });

  it('exports a lease so that a shell may evaluate it, whoever holds it', async () => {
    const evil = `'; touch pwned; $(touch pwned) \`touch pwned\` "`;
    const { stdout } = await home.run(['acquire', '--holder', evil, '--export', '--wait', '60']);
    const names = 'printf "%s\\n" "$ESCARP_SLOT" "$ESCARP_CDP_WS_URL" "$ESCARP_LEASE_TOKEN"; ls';
    const { stdout: seen } = await shell('sh', ['-c', `${stdout}\n${names}`], {
      cwd: join(home.path, 'tmp'),
    });
    expect(seen).toMatch(/^\d\nws:\/\/127\.0\.0\.1:\d+\/devtools\/browser\/\S+\n\S{20,}\n/);
    expect(seen).not.toContain('pwned');
    await home.run(['release', '--mine']);
  });

  it('tells an agent in words how to use its slot', async () => {
    const { stdout } = await home.run(['acquire', '--holder', 'agent', '--prompt', '--wait', '60']);
    expect(stdout).toMatch(/^You hold browser slot \d\. It is yours alone until its lease ends\.$/m);
    expect(stdout).toMatch(/^Connect over CDP: ws:\/\//m);
    await home.run(['release', '--mine']);
  });

  it('accepts what another holder hands over', async () => {
    const lease = await home.json(['acquire', '--holder', 'giver', '--wait', '60']);
    const { url } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8')) as { url: string };
    const offered = await fetch(`${url}/handoff`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ lease_token: lease['lease_token'], to: 'taker' }),
    });
    const { handoff } = (await offered.json()) as { handoff: string };
    const taken = await home.json(['acquire', '--holder', 'taker', '--handoff', handoff]);
    expect(taken).toMatchObject({ slot: lease['slot'], holder: 'taker' });
    await home.run(['release', '--all']);
  });

  it('grows and shrinks while it serves', async () => {
    const planned = await home.json(['scale', '3', '--dry-run']);
    expect(planned).toMatchObject({ add: [2], remove: [], dry_run: true });
    expect(await home.json(['status'])).toMatchObject({ pool_size: 2 });
    expect(await home.json(['pool', 'add', '--no-launch'])).toMatchObject({ error: 'no_browser_on_port' });
    const added = await home.json(['pool', 'add']);
    expect(await asAgreed(operations.poolAdd.output, added)).toEqual(added);
    expect(added).toMatchObject({ slot: 2, state: 'free' });
    expect(await home.json(['pool', 'add', '2'])).toMatchObject({ error: 'slot_already_in_pool' });
    await home.json(['acquire', '--holder', 'busy', '--slot', '2']);
    expect(await home.run(['pool', 'remove', '2'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('pass --force to take it away'),
    });
    // The free slots go first.
    expect(await home.json(['scale', '1', '--keep-data', '--no-restart'])).toMatchObject({ remove: [1, 0] });
    expect(await home.json(['pool', 'remove', '2', '--force'])).toEqual({ removed: true, slot: 2 });
    expect(statesIn(await home.json(['scale', '2']).then(({ pool }) => pool as Json))).toEqual([
      'free',
      'free',
    ]);
  });

  it('tells what happened, and what the daemon and a browser said', async () => {
    const lines = (await home.run(['log', '--slot', '0', '--tail', '2'])).stdout.split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\S+Z +\d+ {2}slot 0 /);
    expect(await home.json(['log', '--tail', '1'])).toMatchObject({
      events: [{ revision: expect.any(Number) }],
    });
    expect(await home.json(['log', '--tail', '0'])).toEqual({ events: [] });
    expect(await home.json(['logs', '--slot', '0'])).toMatchObject({
      lines: expect.arrayContaining([expect.stringContaining('DevTools listening')]),
    });
  });

  it('goes down, from a holder only with --force, and a second time without a word of complaint', async () => {
    await home.json(['acquire', '--holder', 'last', '--wait', '60']);
    const pids = slotsIn(await home.json(['status'])).map(({ pid }) => pid);
    expect(await home.run(['down'])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('last') });
    expect(await home.run(['down', '--force'])).toMatchObject({
      stdout: 'The daemon has stopped.\nStopped 2 slots.\nEnded 1 lease.',
      exitCode: 0,
    });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await home.run(['down'])).toMatchObject({
      exitCode: 0,
      stdout: 'No daemon was running.\nNo slot was running.',
    });
    expect(await home.run(['status'])).toMatchObject({ exitCode: 2 });
  });
});

/** Names of the fields, as the wire spells them. */
