import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow } from '@escarp/test-support';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../../src/escarp-home.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { scaled } from '../src/attack-scale.js';
import { daemonPid } from '../src/daemon-memory.js';
import { acquireSlot } from '../src/secured-home.js';
import { until } from '../src/until.js';

const nasty = [
  '\u001b[2J\u001b[31m',
  '\u001b]0;title\u0007',
  '\u009b31m',
  'a\rb',
  'a\nb',
  'a\0b',
  '\u202Egnp.exe',
  '\u2066hidden\u2069',
  '\u2028',
  '\ud800',
  'a\u007f\u0008\u0008',
];
const awkward = [
  '../../../etc/passwd',
  '/etc/passwd',
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  "'; touch pwned; '",
  '"$IFS&&touch${IFS}pwned',
  '--force',
  '-rf',
  '%s%n%x',
  '__proto__',
  '{{7*7}}',
  '<script>alert(1)</script>',
];
// Every C0 control but a line break, DEL, C1, separators and what turns the direction of text around.
const rawControls = new RegExp(
  String.raw`[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]`,
);

describe('text from strangers', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  const results: AttackResult[] = [];

  beforeAll(async () => {
    home = await makeEscarpHome(2, { ...keepsBrowsers, ESCARP_LEASE_TTL_S: '600' });
    await home.up();
  }, 120_000);
  afterAll(() => home?.remove(), 120_000);

  const expectNone = (attack: string, attempts: number, wrong: readonly unknown[]): void => {
    results.push({ attack, attempts, gotThrough: wrong.length });
    expect({ attack, wrong }).toEqual({ attack, wrong: [] });
  };

  it('with control characters is refused wherever a name or a label can be given', async () => {
    const fields = ['holder', 'tenant', 'run', 'client', 'request_id', 'handoff'];
    const bodies: Json[] = nasty.flatMap((text) => [
      ...fields.map((field) => ({ holder: 'x', slot: 0, wait_s: 0, [field]: text })),
      { holder: 'x', labels: { [text]: 'v' } },
      { holder: 'x', labels: { tier: text } },
    ]);
    const answers = await Promise.all(bodies.map((body) => home.post('/acquire', body)));
    const taken = answers.filter(({ status, body }) => status !== 400 || body['error'] !== 'bad_request');
    expectNone('control characters in a name or label', bodies.length, taken);
    const raw = answers.filter(({ body }) => rawControls.test(String(body['message'])));
    expectNone('control characters repeated in the refusal', bodies.length, raw);
  });

  it('is never run by a shell, and never becomes a path', async () => {
    const before = await readdir(join(home.path, '..'));
    const names = scaled(awkward, awkward.slice(0, 4));
    for (let at = 0; at < names.length; at += 2) {
      const both = names.slice(at, at + 2);
      const grants = await Promise.all(
        both.map((holder) => acquireSlot(home, { holder, run: holder, tenant: holder, wait_s: 60 })),
      );
      for (const command of ['status', 'log', 'logs']) expect((await home.escarp(command)).exitCode).toBe(0);
      for (const { leaseToken } of grants) await home.post('/release', { lease_token: leaseToken });
    }
    expectNone('shell words and paths as a name', names.length, await strays(home, before));
  });

  it('is shown without what a terminal would obey, be it from a page, a file or a peer', async () => {
    const grant = await acquireSlot(home, { holder: 'visitor', slot: 1 });
    const browser = await chromium.connectOverCDP(grant.cdpWsUrl, { noDefaults: true });
    const page = await browser.contexts()[0]!.newPage();
    await page.evaluate((texts) => {
      document.title = texts.join(' ');
      // oxlint-disable-next-line no-console -- what a page says there is in the browser's log.
      for (const text of texts) console.error(text);
    }, nasty);
    await writeFile(join(home.path, 'logs', 'daemon.log'), nasty.join('\n'), { flag: 'a' });
    await writeFile(join(home.path, 'logs', 'chrome-slot-1.log'), nasty.join('\n'), { flag: 'a' });
    const commands = [
      ['status'],
      ['window', '1'],
      ['log'],
      ['logs'],
      ['logs', '--slot', '1'],
      ['acquire', '--holder', nasty[0] ?? ''],
      ['release', '--holder', nasty[1] ?? ''],
      [nasty[0] ?? ''],
      ['status', `--${nasty[1]}`],
      ['docs', nasty[2] ?? ''],
      ['setup', nasty[2] ?? ''],
      ['release', '--token', nasty[6] ?? ''],
      ['--verbose', 'acquire', '--holder', nasty[2] ?? ''],
    ];
    const formats = scaled([[], ['--json']], [[]]);
    const wrong: string[] = [];
    for (const command of commands) {
      for (const json of formats) {
        const { stdout, stderr } = await home.escarp(...command, ...json);
        if (rawControls.test(stdout + stderr))
          wrong.push(`${command.join(' ')}: ${JSON.stringify(stdout + stderr)}`);
      }
    }
    await browser.close();
    await home.post('/release', { lease_token: grant.leaseToken });
    expectNone('control characters on their way to a terminal', commands.length * formats.length, wrong);
  });

  it('is published with its counts', () => expectPublished('terminal', 'Text from strangers', results));
});

describe('a process that is not ours', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  const results: AttackResult[] = [];
  afterAll(() => home?.remove(), 120_000);

  it('is not signalled when a launch record or daemon.json has its number', async () => {
    home = await makeEscarpHome(1, { ESCARP_LEASE_TTL_S: '600' });
    await home.up();
    const record = join(home.path, 'run', 'slot-0.json');
    const launched: Json = JSON.parse(await readFile(record, 'utf8'));
    await home.escarp('daemon', 'stop');
    process.kill(Number(launched['pid']), 'SIGKILL');
    const profile = String(launched['profile']);
    const shapes = [
      ['sleep', '600'],
      ['sh', '-c', 'sleep 600', 'chromium', `--user-data-dir=${profile}x`],
      ['sh', '-c', 'sleep 600', 'chromium', `--user-data-dir=${profile}/../slot-0`],
      ['sh', '-c', 'sleep 600', 'chromium', '--remote-debugging-port=9222', '--type=renderer'],
    ];
    const tried = scaled(shapes, shapes.slice(1, 3));
    const victims = tried.map(([file = '', ...args]) =>
      spawn(file, args, { stdio: 'ignore', detached: true }),
    );
    const dead: string[] = [];
    for (const [at, { pid }] of victims.entries()) {
      const startedAt = /\) (.*)$/s.exec(await readFile(`/proc/${pid}/stat`, 'utf8'))?.[1]?.split(' ')[19];
      await writeFile(record, JSON.stringify({ ...launched, pid, processStartedAt: startedAt }), {
        mode: 0o600,
      });
      const file = { pid, port: 1, url: 'http://127.0.0.1:1', version: '1', startedAt: 1 };
      await writeFile(join(home.path, 'daemon.json'), JSON.stringify(file), { mode: 0o600 });
      await home.escarp('daemon', 'stop', '--force', '--grace', '1');
      await home.up();
      await until(async () => ((await home.status()).slots[0]?.['state'] === 'free' ? true : undefined));
      await home.escarp('down', '--force');
      const victim = victims[at];
      if (victim?.exitCode !== null || victim.signalCode !== null) dead.push(tried[at]?.join(' ') ?? '');
    }
    for (const victim of victims) {
      const ended = once(victim, 'exit');
      process.kill(-(victim.pid ?? 0), 'SIGKILL');
      await ended;
    }
    results.push({
      attack: 'process with the number in a record',
      attempts: tried.length * 3,
      gotThrough: dead.length,
    });
    expect(dead).toEqual([]);
  });

  it('is not the daemon: its own number is, and ends it', async () => {
    await home.up();
    const pid = await daemonPid(home);
    expect((await home.escarp('daemon', 'stop')).exitCode).toBe(0);
    // It has let go of everything by then, and is gone a moment later.
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 60_000);
  });

  it('is published with its counts', () => expectPublished('processes', 'Processes of others', results));
});

/** Files that appeared where none may. */
async function strays(home: EscarpHome, before: readonly string[]): Promise<string[]> {
  const after = await readdir(join(home.path, '..'));
  const inside = await filesBelow(home.path);
  return [
    ...after.filter((name) => !before.includes(name)),
    ...inside.filter((name) => name.includes('pwned')),
  ];
}
