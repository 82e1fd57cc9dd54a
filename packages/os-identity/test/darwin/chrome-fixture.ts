import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, buildBinary, type PlistValue } from 'plist';

export type PlistFormat = 'xml' | 'binary';

export const SOURCE_NAME = 'Google Chrome for Testing';
const SOURCE_ID = 'com.google.chrome.for.testing';
const HELPERS = ['', ' (Renderer)', ' (GPU)', ' (Plugin)', ' (Alerts)'];
const MACH_O = Buffer.from('cffaedfe0c00000101000000', 'hex');

/**
 * An application with the layout of Chrome for Testing: framework with versions and links, helper applications inside
 * it, loose executables and libraries, localized strings. Gives back the path of its main executable.
 */
export async function makeChrome(
  directory: string,
  format: PlistFormat,
  version = '142.0.7444.59',
): Promise<string> {
  const application = join(directory, `${SOURCE_NAME}.app`);
  const contents = join(application, 'Contents');
  const framework = join(contents, 'Frameworks', `${SOURCE_NAME} Framework.framework`);
  const inside = join(framework, 'Versions', version);
  await writePlist(join(contents, 'Info.plist'), mainInfo(version), format);
  await put(join(contents, 'MacOS', SOURCE_NAME), MACH_O);
  await put(join(contents, 'PkgInfo'), 'APPL????');
  await put(join(contents, 'Resources', 'app.icns'), 'icns');
  await put(join(contents, 'Resources', 'en.lproj', 'InfoPlist.strings'), 'NSCameraUsageDescription = "…";');
  await put(join(inside, `${SOURCE_NAME} Framework`), MACH_O);
  await put(join(inside, 'Resources', 'resources.pak'), 'pak');
  await put(join(inside, 'Libraries', 'libEGL.dylib'), MACH_O);
  await put(join(inside, 'Helpers', 'chrome_crashpad_handler'), MACH_O);
  for (const kind of HELPERS) await putHelper(join(inside, 'Helpers'), kind, version, format);
  await symlink(version, join(framework, 'Versions', 'Current'));
  await symlink(`Versions/Current/${SOURCE_NAME} Framework`, join(framework, `${SOURCE_NAME} Framework`));
  return join(contents, 'MacOS', SOURCE_NAME);
}

async function putHelper(helpers: string, kind: string, version: string, format: PlistFormat): Promise<void> {
  const name = `${SOURCE_NAME} Helper${kind}`;
  const contents = join(helpers, `${name}.app`, 'Contents');
  const suffix = kind === '' ? '' : `.${kind.replaceAll(/[ ()]/g, '').toLowerCase()}`;
  await put(join(contents, 'MacOS', name), MACH_O);
  await writePlist(
    join(contents, 'Info.plist'),
    {
      CFBundleIdentifier: `${SOURCE_ID}.helper${suffix}`,
      CFBundleExecutable: name,
      CFBundleName: name,
      CFBundleDisplayName: name,
      CFBundlePackageType: 'APPL',
      CFBundleShortVersionString: version,
      LSUIElement: '1',
    },
    format,
  );
}

function mainInfo(version: string): PlistValue {
  return {
    CFBundleIdentifier: SOURCE_ID,
    CFBundleExecutable: SOURCE_NAME,
    CFBundleName: SOURCE_NAME,
    CFBundleDisplayName: SOURCE_NAME,
    CFBundleIconFile: 'app.icns',
    CFBundlePackageType: 'APPL',
    CFBundleShortVersionString: version,
    CFBundleURLTypes: [{ CFBundleURLName: 'Web site URL', CFBundleURLSchemes: ['http', 'https'] }],
    CFBundleDocumentTypes: [{ CFBundleTypeName: 'HTML document', LSItemContentTypes: ['public.html'] }],
    LSEnvironment: { MallocNanoZone: '0' },
    LSFileQuarantineEnabled: true,
    LSHasLocalizedDisplayName: '1',
    LSMinimumSystemVersion: '12.0',
    NSAppTransportSecurity: { NSAllowsArbitraryLoads: true },
    NSPrincipalClass: 'BrowserCrApplication',
  };
}

async function writePlist(path: string, value: PlistValue, format: PlistFormat): Promise<void> {
  await put(path, format === 'xml' ? build(value) : buildBinary(value));
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
