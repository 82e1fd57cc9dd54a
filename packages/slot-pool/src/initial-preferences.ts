import { dirname, join } from 'node:path';
import { openAnew, OwnedFolder } from '@escarp/owned-files';
import type { SlotPaths } from './slot-paths.js';

/** Chrome's `NetworkPredictionOptions::kDisabled`. */
const predictNothing = 2;

/**
 * What an empty profile begins with, as one line of JSON. Downloads stay inside the profile, because the user's own folder
 * would outlive every reset and be shared by all slots; nothing offers to save passwords, addresses or cards; and no server
 * is connected to, or asked for a page, on the guess that somebody will go there.
 */
export function initialPreferences(paths: SlotPaths): string {
  return JSON.stringify({
    autofill: { profile_enabled: false, credit_card_enabled: false },
    credentials_enable_service: false,
    download: { default_directory: paths.downloads, prompt_for_download: false },
    net: { network_prediction_options: predictNothing },
    profile: { password_manager_enabled: false },
    savefile: { default_directory: paths.downloads },
  });
}

/** Chrome reads it once, before it has a profile to show a page in. */
export function preferencesFile({ profile }: SlotPaths): string {
  return join(profile, 'Default', 'Preferences');
}

/** Makes the folders that a profile's preferences speak of. */
export async function makeProfileFolders(home: string, paths: SlotPaths): Promise<void> {
  for (const path of [dirname(preferencesFile(paths)), paths.downloads])
    await (await OwnedFolder.makeBelow(home, path)).close();
}

/** Seeds an empty profile. */
export async function writeInitialPreferences(home: string, paths: SlotPaths): Promise<void> {
  await makeProfileFolders(home, paths);
  const file = await openAnew(preferencesFile(paths));
  await file.writeFile(initialPreferences(paths)).finally(() => file.close());
}
