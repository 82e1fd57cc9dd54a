import { join } from 'node:path';
import { renameOwned } from '@escarp/owned-files';
import type { BundleNames } from './bundle-names.js';
import { nestedCode } from './nested-code.js';
import { readPropertyList, stringIn, writePropertyList, type PropertyList } from './property-list.js';

/** What would offer every slot to the user as a browser for their links and files. */
const BROWSER_CLAIMS = new Set([
  'CFBundleURLTypes',
  'CFBundleDocumentTypes',
  'NSUserActivityTypes',
  'UTExportedTypeDeclarations',
  'ASWebAuthenticationSessionWebBrowserSupportCapabilities',
]);

/**
 * Gives a copied application the slot's identifier, names and executable, and its helpers identifiers and names that
 * begin with them. Chrome's helpers find the application by their place in it and take its identifier from there, so
 * their own executables must keep the names that are compiled into Chrome.
 */
export async function renameApplication(
  application: string,
  names: Pick<BundleNames, 'bundleId' | 'name'>,
): Promise<void> {
  const path = join(application, 'Contents', 'Info.plist');
  const info = await readPropertyList(path);
  const from = {
    bundleId: stringIn(info, 'CFBundleIdentifier'),
    executable: stringIn(info, 'CFBundleExecutable'),
  };
  await renameHelpers(
    application,
    { bundleId: from.bundleId, name: displayName(info) ?? from.executable },
    names,
  );
  const executables = join(application, 'Contents', 'MacOS');
  await renameOwned(join(executables, from.executable), names.name);
  await writePropertyList(path, mainList(info, names));
}

type Names = { bundleId: string; name: string };

async function renameHelpers(application: string, from: Names, to: Names): Promise<void> {
  for (const { path, kind } of await nestedCode(application)) {
    if (kind !== 'bundle') continue;
    const listPath = join(path, 'Contents', 'Info.plist');
    const info = await readPropertyList(listPath);
    await writePropertyList(listPath, helperList(info, from, to));
  }
}

function mainList(info: PropertyList, { bundleId, name }: Names): PropertyList {
  const kept = Object.entries(info).filter(([key]) => !BROWSER_CLAIMS.has(key));
  return {
    ...Object.fromEntries(kept),
    CFBundleIdentifier: bundleId,
    CFBundleName: name,
    CFBundleDisplayName: name,
    CFBundleExecutable: name,
    // The display name is the same in every language; with this set Finder would look for translations of it.
    LSHasLocalizedDisplayName: false,
  };
}

function helperList(info: PropertyList, from: Names, to: Names): PropertyList {
  const renamed: PropertyList = { ...info };
  replacePrefix(renamed, 'CFBundleIdentifier', `${from.bundleId}.`, `${to.bundleId}.`);
  replacePrefix(renamed, 'CFBundleName', from.name, to.name);
  replacePrefix(renamed, 'CFBundleDisplayName', from.name, to.name);
  return renamed;
}

function replacePrefix(list: PropertyList, key: string, from: string, to: string): void {
  const value = list[key];
  if (typeof value === 'string' && value.startsWith(from)) list[key] = to + value.slice(from.length);
}

function displayName(info: PropertyList): string | null {
  const value = info['CFBundleDisplayName'] ?? info['CFBundleName'];
  return typeof value === 'string' ? value : null;
}
