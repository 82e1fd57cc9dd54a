import { copyFile, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Workstation } from '../workstation.js';
import type { SetupPlan, SetupStep } from './plan-setup.js';
import { readSettings } from './settings-file.js';
import { SetupError } from './setup-error.js';

export interface SetupClock {
  /** Epoch milliseconds, for the name of the backup. */
  readonly now: () => number;
}

/** Carries a plan out. Resolves with the path of the backup, or undefined where there was nothing to keep. */
export async function applySetup(
  plan: SetupPlan,
  machine: Workstation,
  clock: SetupClock,
): Promise<string | undefined> {
  if (plan.steps.length === 0) return undefined;
  const backup = await keep(plan.settingsPath, clock.now());
  for (const step of plan.steps) await perform(step, plan, machine);
  return backup;
}

async function keep(path: string, nowMs: number): Promise<string | undefined> {
  if ((await readSettings(path)) === undefined) return undefined;
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const backup = `${path}.before-escarp-${stamp}`;
  await copyFile(path, backup);
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
  await writeSettings(plan.settingsPath, step.after);
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

/** All or nothing, with the mode the file had; a link to a file elsewhere stays a link. */
async function writeSettings(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  const draft = `${target}.escarp-${process.pid}`;
  try {
    const file = await open(draft, 'wx', mode);
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
