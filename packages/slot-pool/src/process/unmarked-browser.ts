import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProcessEntry } from '@escarp/child-process';
import type { SlotPaths } from '../slot-paths.js';
import { ownerMarkOf, wordsBeforeProfile } from './owner-mark.js';

/**
 * Recognizes a slot's browser that does not have the slot's mark in its environment. On Linux, a browser with a window
 * overwrites its environment with its title (seen with Chromium 156); it is a Chrome that names the slot's profile and a
 * launch of ours among its arguments. Chrome's children overwrite theirs too, and one that is stopped outlives its parent;
 * it is a Chrome with a type and the slot's profile. On macOS, `open` starts an application without our environment; it is an
 * application that was given the profile. Another program that names them is neither.
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
