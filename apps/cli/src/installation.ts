import type { Installation } from '@escarp/broker/assembly';
import type { Cli } from './cli.js';
import { daemonEnvironment } from './daemon-environment.js';

/** What the broker must know about the machine on which this command runs. */
export function installationOf(
  cli: Pick<Cli, 'platform' | 'uid' | 'pid' | 'env' | 'shortTmp' | 'clocks' | 'settings' | 'userHome'>,
): Installation {
  const { platform, uid, pid, env, shortTmp, clocks, settings, userHome } = cli;
  const environment = daemonEnvironment(env);
  return { machine: { platform, uid, pid, environment, shortTmp, clocks }, settings, userHome };
}
