import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from '@escarp/child-process';
import type { Cli } from './cli.js';
import { say } from './cli.js';

/** Opens a link in the person's own browser. Where that cannot be done it says why; the link has been printed anyway. */
export async function openLink(cli: Cli, url: string): Promise<void> {
  const why = hasDesktop(cli) ? await failureToOpen(cli, url) : 'There is no desktop here to open it on.';
  if (why !== undefined) say(cli, `${why} Open the link yourself.`);
}

/** `xdg-open` would otherwise start a browser for terminals, which shows nothing here. */
function hasDesktop({ platform, env }: Cli): boolean {
  const marks = ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER'];
  return platform === 'darwin' || marks.some((name) => Boolean(env[name]));
}

/** Some openers are the browser themselves, and run for as long as it does: one that still runs has not failed. */
const patienceMs = 10_000;

async function failureToOpen({ platform, cwd }: Cli, url: string): Promise<string | undefined> {
  const program = platform === 'darwin' ? 'open' : 'xdg-open';
  const known = new AbortController();
  try {
    const opener = await startProcess(program, [url], { detached: true, stdio: 'ignore', cwd });
    opener.unref();
    const late = delay(patienceMs, undefined, { signal: known.signal }).catch(() => undefined);
    const end = await Promise.race([opener.exited, late]);
    return end === undefined || end.exitCode === 0 ? undefined : `${program} could not open it.`;
  } catch {
    return `${program} is not installed.`;
  } finally {
    known.abort();
  }
}
