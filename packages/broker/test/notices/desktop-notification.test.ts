import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/machine.js';
import { desktopNotification } from '../../src/notices/desktop-notification.js';
import type { Notice } from '../../src/notices/notice.js';

const question: Notice = {
  kind: 'question',
  id: '7',
  expiresAt: 0,
  holder: 'ann',
  reason: 'a captcha',
  slot: 2,
};

function machine(
  platform: NodeJS.Platform,
  environment: Record<string, string>,
  monotonicMs = () => 0,
): Machine {
  const clocks = { wallMs: () => 0, monotonicMs, newId: () => '', randomBytes: () => new Uint8Array() };
  return { platform, environment, clocks, uid: 1, pid: 1, shortTmp: '/tmp' };
}

const onLinux = (notice: Notice) =>
  desktopNotification(machine('linux', { DISPLAY: ':0' }))?.invocation(notice);
const onMac = (notice: Notice) => desktopNotification(machine('darwin', {}))?.invocation(notice);

describe('a desktop notification', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { DISPLAY: '', WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { DISPLAY: '', WAYLAND_DISPLAY: '' }, false],
    ['darwin', {}, true],
    ['darwin', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, false],
  ] as const)('on %s with %j: %j', (platform, environment, isShown) => {
    expect(desktopNotification(machine(platform, environment)) !== undefined).toBe(isShown);
  });

  it('says in its own words who asks, and in theirs what for, without the instructions', () => {
    expect(onLinux({ ...question, instructions: 'the code is 1234' })).toEqual({
      command: 'notify-send',
      args: ['--app-name=escarp', '--', 'escarp: the agent on slot 2 asks for you', 'ann: a captcha'],
      env: {},
    });
    const { slot: _, ...approval } = { ...question, kind: 'approval' as const, reason: 'to use shop' };
    expect(onLinux(approval)?.args.slice(2)).toEqual(['escarp: approval needed', 'ann: to use shop']);
  });

  it.each([
    ['<b>Your bank</b>', '&lt;b&gt;Your bank&lt;/b&gt;'],
    ['<a href="http://evil.example">ok</a>', '&lt;a href="http://evil.example"&gt;ok&lt;/a&gt;'],
    ['&lt;', '&amp;lt;'],
    // C's escapes for <b> and a new line.
    ['\\074b\\076 \\n', '\\\\074b\\\\076 \\\\n'],
    ['--icon=/etc/passwd', '--icon=/etc/passwd'],
  ])('shows %s as it stands', (reason, shown) => {
    const { args = [] } = onLinux({ ...question, reason }) ?? {};
    expect(args.slice(0, 2)).toEqual(['--app-name=escarp', '--']);
    expect(args[3]).toBe(`ann: ${shown}`);
  });

  it('hands macOS a script that never changes, and the text as data', () => {
    const reason = 'x" & (do shell script "id") & "';
    const { command, args } = onMac({ ...question, reason }) ?? { command: '', args: [] };
    expect(command).toBe('osascript');
    expect(args.slice(0, -2).join(' ')).toBe(onMac(question)?.args.slice(0, -2).join(' '));
    expect(args.slice(-2)).toEqual(['escarp: the agent on slot 2 asks for you', `ann: ${reason}`]);
  });

  it('is short, however much is asked', () => {
    const { args = [] } = onLinux({ ...question, reason: 'x'.repeat(500) }) ?? {};
    expect(args[3]?.length).toBeLessThan(310);
  });

  it('comes ten times a minute at most', () => {
    let nowMs = 0;
    const notifier = desktopNotification(machine('linux', { DISPLAY: ':0' }, () => nowMs));
    const shown = (): number =>
      Array.from({ length: 20 }, () => notifier?.invocation(question)).filter((one) => one !== undefined)
        .length;
    expect(shown()).toBe(10);
    expect(shown()).toBe(0);
    nowMs = 60_000;
    expect(shown()).toBe(10);
  });
});
