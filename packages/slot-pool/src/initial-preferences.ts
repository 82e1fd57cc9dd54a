import { join } from 'node:path';
import { openAnew, OwnedFolder } from '@escarp/owned-files';
import type { SlotPaths } from './slot-paths.js';

/** Chrome's `NetworkPredictionOptions::kDisabled`. */
const predictNothing = 2;

/**
 * Seeds an empty profile. Downloads stay inside the profile, because the user's own folder would outlive every reset
 * and be shared by all slots; nothing offers to save passwords, addresses or cards; and no server is connected to, or asked
 * for a page, on the guess that somebody will go there.
 */
export async function writeInitialPreferences(home: string, paths: SlotPaths): Promise<void> {
  const folder = join(paths.profile, 'Default');
  for (const path of [folder, paths.downloads]) await (await OwnedFolder.makeBelow(home, path)).close();
  const preferences = {
    autofill: { profile_enabled: false, credit_card_enabled: false },
    credentials_enable_service: false,
    download: { default_directory: paths.downloads, prompt_for_download: false },
    net: { network_prediction_options: predictNothing },
    profile: { password_manager_enabled: false },
    savefile: { default_directory: paths.downloads },
  };
  const file = await openAnew(join(folder, 'Preferences'));
  await file.writeFile(JSON.stringify(preferences)).finally(() => file.close());
}
