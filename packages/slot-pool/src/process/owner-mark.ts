import type { ProcessEntry } from '@escarp/child-process';
import type { SlotPaths } from '../slot-paths.js';

/** What a browser's command line says about its owner. */
export interface OwnerMark {
  /** The state directory that launched it; see `directoryIdentity`. */
  readonly directory: string;
  /** The launch, which no other browser shares. */
  readonly launchId: string;
}

/** Chrome ignores a switch that it does not know. */
const ownerSwitch = '--escarp-owner=';

export function ownerArgument({ directory, launchId }: OwnerMark): string {
  return `${ownerSwitch}${directory}/${launchId}`;
}

/** Undefined for a browser that was not launched by escarp, or by a version that did not mark its browsers yet. */
export function ownerMarkOf({ commandLine }: Pick<ProcessEntry, 'commandLine'>): OwnerMark | undefined {
  const [, directory, launchId] = /(?:^| )--escarp-owner=([^ /]+)\/([^ /]+)(?: |$)/.exec(commandLine) ?? [];
  return directory === undefined || launchId === undefined ? undefined : { directory, launchId };
}

/** The DevTools port a browser was launched with. */
export function debuggingPortOf({ commandLine }: Pick<ProcessEntry, 'commandLine'>): number | undefined {
  const port = /(?:^| )--remote-debugging-port=(\d+)(?: |$)/.exec(commandLine)?.[1];
  return port === undefined ? undefined : Number(port);
}

/**
 * What a command line says before it names the slot's profile; undefined if it does not name it. Arguments that were
 * joined with spaces cannot be split again, so the match includes the spaces on both sides.
 */
export function wordsBeforeProfile(
  { commandLine }: Pick<ProcessEntry, 'commandLine'>,
  { profile }: SlotPaths,
): string | undefined {
  const [before, ...after] = `${commandLine} `.split(` --user-data-dir=${profile} `);
  return after.length === 0 ? undefined : before;
}
