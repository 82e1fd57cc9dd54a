import type { DaemonFile } from '@escarp/broker/home';
import { daemonSettings, readDaemonFile, stateDirectory } from '@escarp/broker/home';
import type { Cli } from './cli.js';

/** A variable whose value a running daemon does not have, because it read its own at its start. */
export interface SettingNotApplied {
  readonly variable: string;
  readonly here: string;
  readonly daemon: string;
}

/** The variables of this environment that take effect only if the daemon of the state directory is restarted. */
export async function settingsNotApplied(cli: Pick<Cli, 'env' | 'settings'>): Promise<SettingNotApplied[]> {
  const file = await readDaemonFile(stateDirectory(cli.settings.home).daemon);
  return file === undefined ? [] : differing(cli, file);
}

function differing({ env, settings }: Pick<Cli, 'env' | 'settings'>, file: DaemonFile): SettingNotApplied[] {
  const here = daemonSettings(settings);
  return Object.entries(file.settings ?? {}).flatMap(([variable, daemon]) => {
    const value = here[variable];
    const isSaid = env[variable] !== undefined && env[variable] !== '';
    return isSaid && value !== undefined && value !== daemon ? [{ variable, here: value, daemon }] : [];
  });
}

const daemonRestart = 'escarp daemon stop && escarp up';

export function describeNotApplied({ variable, here, daemon }: SettingNotApplied): string {
  return `${variable}: ${here} here, ${daemon} in the daemon that runs. To apply it: ${daemonRestart}`;
}
