import type { LaunchPreparation } from './driver.js';

/** How to start a browser. */
export type LaunchCommand = {
  command: string;
  arguments: string[];
  /** Overrides the environment of the command; null removes a variable. */
  environment: Record<string, string | null>;
  /** Whether the command exits and the system runs the browser, instead of the command becoming the browser. */
  handsOver: boolean;
};

/**
 * The command that starts a prepared browser. On macOS LaunchServices starts an application in the background
 * (`open -g -n`), because a spawned browser activates itself and takes the user's focus. `open` exits at once and shares
 * no descriptors with the browser; the browser's pid comes from DevTools (`SystemInfo.getProcessInfo`, type `browser`).
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
