import type { FileHandle } from 'node:fs/promises';
// oxlint-disable-next-line no-restricted-imports -- the settings of another program are the user's own files.
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { messageOf } from '@escarp/contract';
import { isCode } from '@escarp/owned-files';
import { linkTarget } from '../own-files/link-target.js';
import type { Workstation } from '../workstation.js';
import type { SetupPlan, SetupStep } from './plan-setup.js';
import { isRegistered, readSettings, serversIn } from './settings-file.js';
import { SetupError } from './setup-error.js';

export interface SetupClock {
  /** Epoch milliseconds, for the name of the backup. */
  readonly now: () => number;
}

/**
 * Carries out a plan and reads the settings again, to check that the client will find what it should. Resolves with the
 * path of the backup, or undefined if there was nothing to keep. If it fails, the file is as it was.
 */
export async function applySetup(
  plan: SetupPlan,
  machine: Workstation,
  clock: SetupClock,
): Promise<string | undefined> {
  if (plan.steps.length === 0) return undefined;
  const backup = await keep(plan.settingsPath, clock.now());
  for (const step of plan.steps) await perform(step, plan, machine);
  await requireEffect(plan);
  return backup;
}

/** A program may report success although it wrote somewhere else, or nothing. */
async function requireEffect({
  title,
  settingsPath,
  format,
  registrations,
  removed,
  steps,
}: SetupPlan): Promise<void> {
  const servers = serversIn(await readSettings(settingsPath), format);
  const lost = registrations.filter((one) => !isRegistered(servers[one.name], one)).map(({ name }) => name);
  const left = removed.filter((name) => Object.hasOwn(servers, name));
  if (lost.length + left.length === 0) return;
  const what = [
    ...lost.map((name) => `does not have ${name}`),
    ...left.map((name) => `still has ${name}`),
  ].join(', ');
  const ran = steps.find((step) => step.kind === 'run');
  throw new SetupError(
    'registration_failed',
    `${title} reported success, but ${settingsPath} ${what}.`,
    ran === undefined
      ? 'Run setup again.'
      : `Run ${basename(ran.program)} ${ran.args.slice(0, 2).join(' ')} by hand to see where it writes.`,
  );
}

async function keep(path: string, nowMs: number): Promise<string | undefined> {
  if ((await readSettings(path)) === undefined) return undefined;
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const backup = `${path}.before-escarp-${stamp}`;
  await copyFile(path, backup).catch((cause: unknown) => {
    const message = `${path} cannot be copied before it is changed: ${messageOf(cause)}`;
    throw new SetupError(
      'settings_not_writable',
      message,
      'Make its folder writable, and run setup again.',
      cause,
    );
  });
  return backup;
}

async function perform(step: SetupStep, plan: SetupPlan, machine: Workstation): Promise<void> {
  if (step.kind === 'run') return runClient(step, plan.title, machine);
  if ((await readSettings(plan.settingsPath)) !== step.before) {
    const hint = 'Quit the tool if it is running, and run setup again.';
    throw new SetupError(
      'settings_changed',
      `${plan.settingsPath} was changed by someone else meanwhile.`,
      hint,
    );
  }
  await writeSettings(plan.settingsPath, step.before, step.after);
}

async function runClient(
  { program, args }: SetupStep & { kind: 'run' },
  title: string,
  { run }: Workstation,
): Promise<void> {
  const { exitCode, stdout, stderr } = await run(program, args, { timeoutMs: 60_000 });
  if (exitCode === 0) return;
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' ');
  const message = `${title} did not take the registration: ${basename(program)} ${args.slice(0, 2).join(' ')} ended with ${exitCode ?? 'no exit code'}. ${said}`;
  throw new SetupError(
    'registration_failed',
    message,
    'Run the command by hand to see more; --dry-run prints it.',
  );
}

/** All or nothing, with the file's previous mode; a link to a file elsewhere remains a link. */
export async function writeSettings(path: string, before: string | undefined, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const target = await linkTarget(path);
    await replace(target, text).catch((error: unknown) => {
      if (before === undefined || !isCode(error, ...notReplaceable)) throw error;
      return overwrite(target, before, text);
    });
  } catch (cause) {
    throw new SetupError(
      'settings_not_writable',
      `${path} cannot be written: ${messageOf(cause)}. It is as it was.`,
      'Check who owns the file and its folder, and whether the disk is full; --dry-run prints what to add by hand.',
      cause,
    );
  }
}

async function replace(target: string, text: string): Promise<void> {
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  const draft = `${target}.escarp-${process.pid}`;
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A file that is a mount of its own, as in containers, or one in a folder in which no files can be created. */
const notReplaceable = ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'];

/** Overwrites the existing file, and restores its text if that fails half way. */
async function overwrite(target: string, before: string, text: string): Promise<void> {
  const file = await open(target, 'r+');
  try {
    await writeWhole(file, text).catch(async (error: unknown) => {
      await writeWhole(file, before);
      throw error;
    });
  } finally {
    await file.close();
  }
}

async function writeWhole(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;)
    at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
  await file.truncate(bytes.length);
  await file.sync();
}
