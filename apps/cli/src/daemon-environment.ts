import { hangupVariable } from '@escarp/child-process/own-process';
import { handoffVariable } from './handoff-code.js';
import { runVariable } from './run-variable.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a daemon and its browsers must not inherit from the shell, or the agent, that happened to start it: marks by
 * which the processes of a command, or of a slot, are found and ended, the token of a lease and the code of a handoff.
 */
const notInherited: ReadonlySet<string> = new Set([
  runVariable,
  hangupVariable,
  'ESCARP_SLOT_PROFILE',
  'ESCARP_LEASE_TOKEN',
  handoffVariable,
]);

export function daemonEnvironment(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !notInherited.has(name)));
}
