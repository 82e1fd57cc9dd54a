import { join } from 'node:path';
import { openAnew, OwnedFolder } from '@escarp/owned-files';
import type { SlotPaths } from './slot-paths.js';

/**
 * Seeds an empty profile. Downloads stay inside the profile, because the user's own folder would outlive every reset
 * and be shared by all slots; nothing offers to save passwords, addresses or cards.
 */
export async function writeInitialPreferences(home: string, paths: SlotPaths): Promise<void> {
  const folder = join(paths.profile, 'Default');
  for (const path of [folder, paths.downloads]) await (await OwnedFolder.makeBelow(home, path)).close();
  const preferences = {
    autofill: { profile_enabled: false, credit_card_enabled: false },
    credentials_enable_service: false,
    download: { default_directory: paths.downloads, prompt_for_download: false },
    profile: { password_manager_enabled: false },
    savefile: { default_directory: paths.downloads },
  };
  const file = await openAnew(join(folder, 'Preferences'));
  await file.writeFile(JSON.stringify(preferences)).finally(() => file.close());
}
