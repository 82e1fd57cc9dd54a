import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Bounds, CommandResult, Run } from '../../src/index.js';
import { encodePng } from '../../src/png.js';

export type MacWindow = {
  id: number;
  pid: number;
  bounds: Bounds;
  layer?: number;
  alpha?: number;
  title?: string;
  /** Off the screen: minimised, or on another space. */
  hidden?: boolean;
};

/** The state of a Mac that the commands see and change; windows are front to back. */
export type FakeMac = {
  windows: MacWindow[];
  frontmostPid: number | null;
  mainWindowOf: Map<number, number>;
  accessibility: boolean;
  automation: boolean;
  screenRecording: boolean;
  /** Whether the file system clones on write. */
  apfs: boolean;
  /** Whether applications come forward when asked. */
  obedient: boolean;
  /** Every command line, in order. */
  commands: string[][];
  /** Called before each command; may throw, as a crash does, or give its result. */
  before: (command: readonly string[]) => CommandResult | undefined;
  run: Run;
};

const done: CommandResult = { exitCode: 0, stdout: '', stderr: '' };
const failed = (stderr: string): CommandResult => ({ exitCode: 1, stdout: '', stderr });

export function fakeMac(): FakeMac {
  const mac: FakeMac = {
    windows: [],
    frontmostPid: null,
    mainWindowOf: new Map(),
    accessibility: true,
    automation: true,
    screenRecording: true,
    apfs: true,
    obedient: true,
    commands: [],
    before: () => undefined,
    run: async (command, words, { input = '' }) => {
      mac.commands.push([command, ...words]);
      return mac.before([command, ...words]) ?? perform(mac, command, words, input);
    },
  };
  return mac;
}

async function perform(
  mac: FakeMac,
  command: string,
  words: readonly string[],
  input: string,
): Promise<CommandResult> {
  if (command === '/bin/cp') return copy(mac, words);
  if (command === '/usr/bin/codesign') return words[0] === '--verify' ? verify(words.at(-1)!) : sign(words);
  if (command === '/usr/bin/osascript') return { ...done, stdout: `${script(mac, input, words.slice(3))}\n` };
  if (command === '/usr/sbin/screencapture') return capture(mac, words);
  if (command === '/usr/bin/xattr' || command.endsWith('/lsregister')) return done;
  return { exitCode: null, stdout: '', stderr: '' };
}

async function copy(mac: FakeMac, words: readonly string[]): Promise<CommandResult> {
  const [source, target] = words.slice(-2) as [string, string];
  if (words.includes('-c') && !mac.apfs) return failed('cp: clonefile failed: Operation not supported');
  // As cp does: a target that is there already is a directory to copy into.
  await cp(source, existsSync(target) ? join(target, basename(source)) : target, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
  });
  return done;
}

/** A seal is the digest of all that lies in a bundle, the seals inside it included and its own left out. */
async function sign(words: readonly string[]): Promise<CommandResult> {
  for (const path of words.slice(3)) {
    const seal = sealPath(path);
    if (seal === null) continue;
    await mkdir(dirname(seal), { recursive: true });
    await writeFile(seal, await digest(path, seal));
  }
  return done;
}

async function verify(application: string): Promise<CommandResult> {
  for (const path of [application, ...(await bundlesIn(application))]) {
    const seal = sealPath(path)!;
    const found = await readFile(seal, 'utf8').catch(() => null);
    if (found === null) return failed(`${path}: code object is not signed at all`);
    if (found !== (await digest(path, seal)))
      return failed(`${path}: a sealed resource is missing or invalid`);
  }
  return done;
}

function sealPath(path: string): string | null {
  if (path.endsWith('.app')) return join(path, 'Contents', '_CodeSignature', 'CodeResources');
  return path.endsWith('.framework') ? join(path, '_CodeSignature', 'CodeResources') : null;
}

async function bundlesIn(application: string): Promise<string[]> {
  const entries = await readdir(application, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && sealPath(entry.name) !== null)
    .map((entry) => join(entry.parentPath, entry.name));
}

async function digest(bundle: string, seal: string): Promise<string> {
  const entries = await readdir(bundle, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    if (file !== seal) hash.update(relative(bundle, file)).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function capture(mac: FakeMac, words: readonly string[]): Promise<CommandResult> {
  const id = Number(words.find((word) => /^-l\d+$/.test(word))?.slice(2));
  const window = mac.windows.find((candidate) => candidate.id === id);
  if (window === undefined || !mac.screenRecording) return failed('could not create image from window');
  const { width, height } = window.bounds;
  await writeFile(words.at(-1)!, encodePng(new Uint8Array(width * height * 3), width, height));
  return done;
}

/** Runs the very script that osascript would get, against a bridge that answers from the fake's state. */
function script(mac: FakeMac, source: string, argv: readonly string[]): string {
  const context = { ObjC: objectiveC(mac), $: bridge(mac), Application: () => systemEvents(mac), argv };
  return String(runInNewContext(`${source}\nrun(argv)`, context));
}

function objectiveC(mac: FakeMac) {
  return {
    import: () => undefined,
    castRefToObject: (reference: unknown) => reference,
    deepUnwrap: (value: unknown) => value,
    bindFunction: (name: string) => {
      if (!(name in bridge(mac))) throw new Error(`no ${name}`);
    },
  };
}

function bridge(mac: FakeMac) {
  return {
    CGWindowListCopyWindowInfo: (option: number) => {
      const listed = mac.windows.filter(({ hidden }) => (option & 1) === 0 || hidden !== true);
      return { count: listed.length, objectAtIndex: (index: number) => describeWindow(mac, listed[index]!) };
    },
    NSWorkspace: {
      sharedWorkspace: {
        frontmostApplication: {
          isNil: () => mac.frontmostPid === null,
          processIdentifier: mac.frontmostPid,
        },
      },
    },
    AXIsProcessTrusted: () => mac.accessibility,
    CGPreflightScreenCaptureAccess: () => mac.screenRecording,
  };
}

function describeWindow(mac: FakeMac, { id, pid, bounds, layer, alpha, title }: MacWindow) {
  return {
    kCGWindowNumber: id,
    kCGWindowOwnerPID: pid,
    kCGWindowLayer: layer ?? 0,
    kCGWindowAlpha: alpha ?? 1,
    kCGWindowBounds: { X: bounds.x, Y: bounds.y, Width: bounds.width, Height: bounds.height },
    ...(mac.screenRecording ? { kCGWindowName: title } : {}),
  };
}

function systemEvents(mac: FakeMac) {
  const guard = () => {
    if (!mac.automation) throw refusal(-1743, 'Not authorized to send Apple events to System Events.');
    if (!mac.accessibility) throw refusal(-25211, 'osascript is not allowed assistive access.');
  };
  const processOf = (pid: number) => ({
    set frontmost(_value: boolean) {
      guard();
      if (mac.obedient) mac.frontmostPid = pid;
    },
    windows: () => {
      guard();
      return mac.windows
        .filter((window) => window.pid === pid && (window.layer ?? 0) === 0)
        .map((window) => element(mac, window));
    },
  });
  return { applicationProcesses: { whose: ({ unixId }: { unixId: number }) => [processOf(unixId)] } };
}

function element(mac: FakeMac, window: MacWindow) {
  const { bounds, pid, id } = window;
  return {
    position: () => [bounds.x, bounds.y],
    size: () => [bounds.width, bounds.height],
    attributes: { byName: () => ({ value: () => mac.mainWindowOf.get(pid) === id }) },
    actions: {
      byName: () => ({
        perform: () => {
          if (!mac.obedient) return;
          mac.windows = [window, ...mac.windows.filter((other) => other !== window)];
          mac.mainWindowOf.set(pid, id);
        },
      }),
    },
  };
}

function refusal(errorNumber: number, message: string): Error {
  return Object.assign(new Error(message), { errorNumber });
}
