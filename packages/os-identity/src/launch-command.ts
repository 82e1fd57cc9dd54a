import type { LaunchPreparation } from './driver.js';

export type LaunchCommand = {
  command: string;
  arguments: string[];
  /** Set over the environment of the command; null takes a variable out. */
  environment: Record<string, string | null>;
  /** Whether the command ends and leaves the browser to the system, instead of becoming it. */
  handsOver: boolean;
};

/**
 * The command that starts a prepared browser. On macOS an application is started by LaunchServices in the background
 * (`open -g -n`): a browser that is spawned activates itself and takes the user's focus. `open` ends at once and has
 * no descriptors of the browser's; its pid is then asked of DevTools (`SystemInfo.getProcessInfo`, type `browser`).
 */
export function launchCommand(
  preparation: LaunchPreparation,
  chromeArguments: readonly string[],
  environment: Readonly<Record<string, string | null>>,
): LaunchCommand {
  const all = { ...environment, ...preparation.environment };
  const words = [...preparation.arguments, ...chromeArguments];
  const { bundlePath } = preparation;
  if (bundlePath === null) {
    return {
      command: preparation.executablePath,
      arguments: words,
      environment: all,
      handsOver: false,
    };
  }
  const variables = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : ['--env', `${name}=${value}`],
  );
  return {
    command: '/usr/bin/open',
    arguments: ['-g', '-n', '-a', bundlePath, ...variables, '--args', ...words],
    environment: {},
    handsOver: true,
  };
}
