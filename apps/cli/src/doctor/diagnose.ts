import { messageOf } from '@escarp/contract';
import { warning, type Check, type Finding, type FindingLevel, type Patient } from './finding.js';

export interface Diagnosis {
  /** The worst level among the findings. */
  readonly level: FindingLevel;
  readonly findings: readonly (Finding & { readonly check: string })[];
}

const worse: readonly FindingLevel[] = ['ok', 'note', 'warning', 'problem'];

/** Runs all checks at once. A check that fails or is not done in time is itself a finding. */
export async function diagnose(
  checks: readonly Check[],
  patient: Patient,
  timeoutMs: number,
): Promise<Diagnosis> {
  const results = await Promise.all(checks.map((check) => examine(check, patient, timeoutMs)));
  const findings = results.flat();
  const level = worse.findLast((one) => findings.some((finding) => finding.level === one)) ?? 'ok';
  return { level, findings };
}

async function examine(
  { id, run, timeoutMs }: Check,
  patient: Patient,
  usualTimeoutMs: number,
): Promise<Diagnosis['findings']> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    const finding = warning(
      `The check "${id}" was not done in time.`,
      'Try again when the machine is less busy.',
    );
    timer = setTimeout(() => resolve([finding]), timeoutMs ?? usualTimeoutMs);
  });
  try {
    const findings = await Promise.race([run(patient), late]);
    return findings.map((finding) => ({ check: id, ...finding }));
  } catch (error) {
    const why = messageOf(error);
    return [{ check: id, ...warning(`The check "${id}" could not be made: ${why}`, 'Please report this.') }];
  } finally {
    clearTimeout(timer);
  }
}
