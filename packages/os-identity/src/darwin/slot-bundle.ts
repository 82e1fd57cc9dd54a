import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openAnew, OwnedFolder, removeOwned, renameOwned } from '@escarp/owned-files';
import { IdentityError } from '../errors.js';
import type { Run } from '../ports.js';
import { applicationOf, bundleNames, type BundleNames } from './bundle-names.js';
import { readPropertyList, stringIn } from './property-list.js';
import { renameApplication } from './rename-application.js';
import { signApplication, verifySignature } from './sign-application.js';

/** Increment this when bundles are built in another way, so that bundles of an older escarp are rebuilt. */
const RECIPE = 1;
const COPY_MS = 300_000;
const LSREGISTER =
  '/System/Library/Frameworks/CoreServices.framework/Frameworks/LaunchServices.framework/Support/lsregister';

/** What a bundle was built from. It is inside the bundle and sealed with it, so it cannot belong to another build. */
type Origin = { recipe: number; source: string; version: string; modifiedMs: number };

/**
 * The slot's own copy of the browser: the existing one if it was built from this browser, otherwise a new one. It is built
 * under another name and renamed when it is complete and verified, so that an interruption leaves nothing half done.
 * `verifyExisting` also checks the seal of an existing copy, which reads all of it.
 */
export async function ensureSlotBundle(
  home: string,
  slot: number,
  executablePath: string,
  { run, verifyExisting }: { run: Run; verifyExisting: boolean },
): Promise<BundleNames> {
  const names = bundleNames(home, slot);
  const source = applicationOf(executablePath);
  if (source === null) {
    throw new IdentityError('bundle_clone_failed', `${executablePath} is not in an application bundle.`, {
      hint: 'Point ESCARP_CFT_BINARY at the executable in Contents/MacOS of Chrome for Testing.',
    });
  }
  const origin = await originOf(source, executablePath);
  if (await isUsable(names, origin, run, verifyExisting)) return names;
  await (await OwnedFolder.makeBelow(home, dirname(names.path))).close();
  await build(source, origin, names, run);
  return names;
}

export async function removeSlotBundle(home: string, slot: number, run: Run): Promise<void> {
  const names = bundleNames(home, slot);
  await run(LSREGISTER, ['-u', names.path], { timeoutMs: 10_000 });
  for (const path of [names.path, ...Object.values(asides(names))]) await removeOwned(path);
}

async function originOf(source: string, executablePath: string): Promise<Origin> {
  const info = await readPropertyList(join(source, 'Contents', 'Info.plist'));
  const { mtimeMs } = await stat(executablePath);
  return {
    recipe: RECIPE,
    source,
    version: stringIn(info, 'CFBundleShortVersionString'),
    modifiedMs: mtimeMs,
  };
}

async function isUsable(names: BundleNames, origin: Origin, run: Run, verify: boolean): Promise<boolean> {
  const found = await readFile(originPath(names.path), 'utf8').catch(() => null);
  if (found !== JSON.stringify(origin)) return false;
  if (!verify) return true;
  return verifySignature(names.path, run).then(
    () => true,
    () => false,
  );
}

async function build(source: string, origin: Origin, names: BundleNames, run: Run): Promise<void> {
  const { building, former } = asides(names);
  await removeOwned(building);
  await removeOwned(former);
  await copy(source, building, run);
  // Quarantine and Finder marks come along with a copy, and codesign refuses them.
  await run('/usr/bin/xattr', ['-cr', building], { timeoutMs: COPY_MS });
  await renameApplication(building, names);
  const file = await openAnew(originPath(building));
  await file.writeFile(JSON.stringify(origin)).finally(() => file.close());
  await signApplication(building, run);
  await renameOwned(names.path, basename(former));
  await renameOwned(building, basename(names.path));
  await removeOwned(former);
  await run(LSREGISTER, ['-f', names.path], { timeoutMs: 10_000 });
}

/** Copy on write where the file system can (APFS, same volume); a plain copy where it cannot. */
async function copy(source: string, target: string, run: Run): Promise<void> {
  const cloned = await run('/bin/cp', ['-c', '-R', '-p', source, target], { timeoutMs: COPY_MS });
  if (cloned.exitCode === 0) return;
  await removeOwned(target);
  const copied = await run('/bin/cp', ['-R', '-p', source, target], { timeoutMs: COPY_MS });
  if (copied.exitCode === 0) return;
  throw new IdentityError('bundle_clone_failed', `${source} cannot be copied: ${copied.stderr.trim()}`);
}

function asides({ path }: BundleNames): { building: string; former: string } {
  const aside = (word: string) => path.replace(/\.app$/, `.${word}.app`);
  return { building: aside('building'), former: aside('former') };
}

function originPath(application: string): string {
  return join(application, 'Contents', 'Resources', 'escarp-origin.json');
}
