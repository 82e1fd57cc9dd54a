import { asIdentityError } from '../errors.js';
import type { Finding } from '../identity.js';
import type { Run } from '../ports.js';
import { permissionFinding } from './permission.js';
import { surveyWindows } from './window-survey.js';

/**
 * What this Mac does not allow yet. Automation is asked for at the first focus only: to ask whether it is allowed is
 * to make macOS ask the user.
 */
export async function inspectDarwin(run: Run): Promise<Finding[]> {
  try {
    const { accessibility, screenRecording } = await surveyWindows(run);
    return [
      ...(accessibility === false ? [permissionFinding('accessibility')] : []),
      ...(screenRecording === false ? [permissionFinding('screenRecording')] : []),
    ];
  } catch (thrown) {
    const { code, message, hint } = asIdentityError(thrown, 'command_failed');
    return [{ code, severity: 'error', message, hint: hint ?? 'Run escarp in a desktop session of macOS.' }];
  }
}
