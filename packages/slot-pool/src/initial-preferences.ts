import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlotPaths } from './slot-paths.js';

/**
 * Seeds an empty profile. Downloads stay inside the profile, because the user's own folder would outlive every reset
 * and be shared by all slots; nothing offers to save passwords, addresses or cards.
 */
export async function writeInitialPreferences(paths: SlotPaths): Promise<void> {
  const folder = join(paths.profile, 'Default');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(paths.downloads, { recursive: true, mode: 0o700 });
  const preferences = {
    autofill: { profile_enabled: false, credit_card_enabled: false },
    credentials_enable_service: false,
    download: { default_directory: paths.downloads, prompt_for_download: false },
    profile: { password_manager_enabled: false },
    savefile: { default_directory: paths.downloads },
  };
  await writeFile(join(folder, 'Preferences'), JSON.stringify(preferences), { mode: 0o600 });
}
