import { createTwoFilesPatch } from 'diff';
import { printable } from '../print/printable.js';
import type { SetupPlan, SetupStep } from './plan-setup.js';

/** What `--dry-run` prints: the commands and the patch, ready to be reviewed. */
export function describePlan({ steps, settingsPath }: Pick<SetupPlan, 'steps' | 'settingsPath'>): string[] {
  return steps.flatMap((step) => describe(step, settingsPath));
}

function describe(step: SetupStep, settingsPath: string): string[] {
  if (step.kind === 'run') return [printable([step.program, ...step.args].map(quoted).join(' '))];
  const from = step.before === undefined ? '/dev/null' : settingsPath;
  const patch = createTwoFilesPatch(from, settingsPath, step.before ?? '', step.after, undefined, undefined, {
    context: 2,
  });
  const lines = patch.trimEnd().split('\n');
  // The patch itself is preceded by a ruled line, and by a name if both files have the same.
  return lines.slice(lines.findIndex((line) => line.startsWith('--- '))).map((line) => printable(line));
}

/** As a shell would need it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
