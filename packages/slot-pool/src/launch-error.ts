import type { SpawnError } from '@escarp/child-process';
import { isOutOfResources } from '@escarp/child-process';
import { messageOf } from '@escarp/contract';
import { lastLogLines } from './browser-log.js';
import { PoolError } from './errors.js';
import type { LaunchPlan } from './launch-plan.js';

const logLinesTold = 20;

/** Why a launch failed, as `browser_launch_failed` with the last lines that the browser wrote. */
export async function launchError({ command, port, paths }: LaunchPlan, cause: unknown): Promise<PoolError> {
  if (isOutOfResources(cause)) return outOfResources(cause);
  const log = await lastLogLines(paths.log, logLinesTold);
  return new PoolError('browser_launch_failed', `The browser ${command} did not start. ${messageOf(cause)}`, {
    details: { command, port, log },
    cause,
  });
}

function outOfResources(cause: SpawnError): PoolError {
  return new PoolError('out_of_resources', `No browser can be started at the moment. ${cause.message}`, {
    details: { resource: cause.code.replace('out_of_', '') },
    cause,
  });
}
