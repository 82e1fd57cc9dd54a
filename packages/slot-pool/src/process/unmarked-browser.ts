import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProcessEntry } from '@escarp/child-process';
import type { SlotPaths } from '../slot-paths.js';
import { ownerMarkOf, wordsBeforeProfile } from './owner-mark.js';

/**
 * Recognizes a slot's browser whose environment does not contain the slot's mark. On Linux, a browser with a window
 * overwrites its environment with its title (seen with Chromium 156); it is recognized as a Chrome whose arguments name
 * the slot's profile and a launch of ours. Chrome's children overwrite theirs too, and a stopped one outlives its
 * parent; it is recognized as a Chrome with a type and the slot's profile. On macOS, `open` starts an application
 * without our environment; it is recognized as an application that was given the profile. Another program that names
 * them is not recognized.
 */
export function isUnmarkedBrowser(entry: ProcessEntry, paths: SlotPaths, platform: NodeJS.Platform): boolean {
  const program = wordsBeforeProfile(entry, paths);
  if (program === undefined) return false;
  if (platform !== 'linux') return /^\/.*\.app\/Contents\/(MacOS|Frameworks)\//.test(program);
  const isOfOurBrowser = ownerMarkOf(entry) !== undefined || entry.commandLine.includes(' --type=');
  return isOfOurBrowser && /chrom/i.test(executableName(entry));
}

function executableName({ pid }: ProcessEntry): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return '';
  }
}
