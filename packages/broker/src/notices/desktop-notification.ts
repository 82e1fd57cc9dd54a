import type { Machine } from '../machine.js';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';

/** An agent that asks again and again must not bury the desktop: the rest is on the dashboard. */
const perMinuteMax = 10;
const charactersMax = 300;

/** A notification on the desktop of whoever started the daemon; undefined where there is none. */
export function desktopNotification(machine: Machine): Notifier | undefined {
  const compose = machine.platform === 'darwin' ? throughOsascript : throughNotifySend;
  if (!hasDesktop(machine)) return undefined;
  const { monotonicMs } = machine.clocks;
  let shownAt: number[] = [];
  return {
    name: 'The desktop notification',
    invocation: (notice) => {
      shownAt = shownAt.filter((at) => at > monotonicMs() - 60_000);
      if (shownAt.length >= perMinuteMax) return undefined;
      shownAt.push(monotonicMs());
      return compose(summaryOf(notice), bodyOf(notice));
    },
  };
}

/** Whoever came through ssh to a Mac sees no notification there. */
function hasDesktop({ platform, environment }: Machine): boolean {
  if (platform === 'darwin') return !environment['SSH_CONNECTION'];
  return ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => Boolean(environment[name]));
}

/** In our own words alone: it comes first, and what an agent says must not be taken for ours. */
function summaryOf({ kind, slot }: Notice): string {
  return kind === 'approval' ? 'escarp: approval needed' : `escarp: the agent on slot ${slot} asks for you`;
}

/** Without the instructions, which are for operators alone, while a desktop may be seen by others. */
function bodyOf({ holder, reason }: Notice): string {
  const text = `${holder}: ${reason}`;
  return text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
}

/**
 * The body may hold markup, and `notify-send` reads C's escapes in it, by which markup could be written in digits too. After
 * `--` nothing is taken for an option.
 */
function throughNotifySend(summary: string, body: string) {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  const plain = body.replaceAll(/[&<>]/g, (character) => entities[character] ?? '').replaceAll('\\', '\\\\');
  return { command: 'notify-send', args: ['--app-name=escarp', '--', summary, plain], env: {} };
}

/** The script is always the same, and is handed the text as data. */
function throughOsascript(summary: string, body: string) {
  const lines = [
    'on run argv',
    'display notification (item 2 of argv) with title (item 1 of argv)',
    'end run',
  ];
  return { command: 'osascript', args: [...lines.flatMap((line) => ['-e', line]), summary, body], env: {} };
}
