/**
 * What of a profile is kept: what sites store, with cookies and passwords. Everything else is of the browser and not of a
 * login, among it caches, logs, crash dumps, shader caches, downloaded components, and the preferences, which name the slot's
 * own folders.
 */
const keptOfDefault = new Set([
  'Cookies',
  'Cookies-journal',
  'Network',
  'Local Storage',
  'IndexedDB',
  'Service Worker',
  'File System',
  'WebStorage',
  'Storage',
  'databases',
  'shared_proto_db',
  'Login Data',
  'Login Data-journal',
]);

/** Databases write these for themselves. */
const droppedAnywhere = new Set(['LOCK', 'LOG', 'LOG.old']);

const pathCharsMax = 1_000;

/** Where in a profile everything is that is kept. */
export const keptTops: readonly string[] = [...keptOfDefault].map((name) => `Default/${name}`);

/** Whether a path in a profile, its parts separated by slashes, is of what is kept, and leads nowhere else. */
export function isKeptPath(path: string): boolean {
  const [folder, top = '', ...below] = path.split('/');
  const parts = [top, ...below];
  return (
    folder === 'Default' &&
    keptOfDefault.has(top) &&
    path.length <= pathCharsMax &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    !path.includes('\0') &&
    !path.includes('\\') &&
    !droppedAnywhere.has(parts.at(-1) ?? '')
  );
}
