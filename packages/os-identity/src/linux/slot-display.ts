import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { makeRootFolder, OwnedFolder, writeFileAtomically } from '@escarp/owned-files';
import { IdentityError } from '../errors.js';
import type { IdentityPorts } from '../ports.js';
import {
  displayFiles,
  hasDisplayFiles,
  readDisplayRecord,
  removeAccess,
  removeDisplayFiles,
  writeDisplayRecord,
  type DisplayFiles,
  type DisplayRecord,
} from './display-record.js';
import { sameProcess } from './process-stamp.js';
import { parseXAddress, xSocketPath } from './x-address.js';
import { withXConnection, type XTarget } from './x-connection.js';
import { COOKIE_BYTES, encodeXauthority } from './xauthority.js';
import {
  logTail,
  numberOf,
  ownServer,
  ownServers,
  startXvnc,
  stopServer,
  type ScreenSize,
} from './xvnc-process.js';

/** Clear of :0 and its neighbours, which sessions of people and their scripts take for granted. */
const FIRST_DISPLAY = 100;
const TRIES_MAX = 8;
/** The kernel's limit for the path of a unix socket, its ending zero included. */
const SOCKET_PATH_BYTES_MAX = 107;

type Ports = Pick<IdentityPorts, 'run' | 'randomBytes'>;

/** The slot's running display if it is proven ours and answers; otherwise a new one, as `renewSlotDisplay` starts it. */
export async function ensureSlotDisplay(
  home: string,
  slot: number,
  screen: ScreenSize,
  ports: Ports,
): Promise<XTarget> {
  const files = displayFiles(home, slot);
  const record = await provenRecord(files);
  if (record !== null && (await answers(targetOf(record, files)))) return targetOf(record, files);
  return renewSlotDisplay(home, slot, screen, ports);
}

/**
 * Ends whatever server the slot has and starts another with a new cookie, under the same number and paths. Clients,
 * viewers and cookies of the former server are of no use afterwards, and nothing that they did to it is left. The cookie
 * is in its file before the server starts, so that there is no moment without authentication. A crash at any step
 * leaves a server that the next call finds by its socket path and ends, or none.
 *
 * @throws IdentityError `display_foreign` when the former server does not end; `display_start_failed` or
 *   `xvnc_missing` when none can be started.
 */
export async function renewSlotDisplay(
  home: string,
  slot: number,
  screen: ScreenSize,
  ports: Ports,
): Promise<XTarget> {
  const files = displayFiles(home, slot);
  const displayNumber = await formerNumber(files);
  await stopServers(files);
  await removeAccess(files);
  return startDisplay(home, files, slot, displayNumber ?? FIRST_DISPLAY + slot, screen, ports);
}

/** The slot's display if it runs and is ours; throws `display_missing` otherwise. Starts nothing. */
export async function findSlotDisplay(home: string, slot: number): Promise<XTarget> {
  const files = displayFiles(home, slot);
  const record = await provenRecord(files);
  if (record === null) {
    throw new IdentityError('display_missing', `Slot ${slot} has no display running.`, {
      hint: 'Relaunch the slot; its display is restarted with it.',
    });
  }
  return targetOf(record, files);
}

/** Whether the slot may have a display: one that ever ran leaves files until it is removed. */
export async function hasSlotDisplay(home: string, slot: number): Promise<boolean> {
  return hasDisplayFiles(displayFiles(home, slot));
}

/**
 * The unix socket on which the slot's display answers VNC, to this user alone.
 *
 * @throws IdentityError `display_missing` when no display of the slot runs, or the one that runs is not proven ours.
 */
export async function findDisplaySocket(home: string, slot: number): Promise<string> {
  await findSlotDisplay(home, slot);
  return displayFiles(home, slot).socket;
}

/** Ends the slot's display and removes its files. Idempotent; what is not proven ours is left alone. */
export async function removeSlotDisplay(home: string, slot: number): Promise<void> {
  const files = displayFiles(home, slot);
  await stopServers(files);
  await removeDisplayFiles(files);
}

async function stopServers(files: DisplayFiles): Promise<void> {
  for (const { stamp } of await ownServers(files)) await stopServer(stamp, files);
}

/** As recorded, or as a running server that no record names was started; null for a slot without a past. */
async function formerNumber(files: DisplayFiles): Promise<number | null> {
  const record = await readDisplayRecord(files.record);
  if (record !== null) return record.displayNumber;
  const [server] = await ownServers(files);
  return server === undefined ? null : numberOf(server);
}

async function provenRecord(files: DisplayFiles): Promise<DisplayRecord | null> {
  const record = await readDisplayRecord(files.record);
  if (record === null) return null;
  const running = await ownServer(record.process.pid, files);
  return running !== null && sameProcess(running.stamp, record.process) ? record : null;
}

function targetOf({ displayNumber }: { displayNumber: number }, files: DisplayFiles): XTarget {
  return { address: parseXAddress(`:${displayNumber}`), authorityPath: files.authority };
}

async function answers(target: XTarget): Promise<boolean> {
  return withXConnection(target, async () => true).catch(() => false);
}

async function startDisplay(
  home: string,
  files: DisplayFiles,
  slot: number,
  preferred: number,
  screen: ScreenSize,
  ports: Ports,
): Promise<XTarget> {
  await prepareFiles(home, files, ports);
  const numbers = await numbersToTry(preferred);
  for (const displayNumber of numbers) {
    const process = await startXvnc(ports.run, displayNumber, files, screen);
    if (process !== null) {
      await writeDisplayRecord(files.record, { slot, displayNumber, process });
      return targetOf({ displayNumber }, files);
    }
    // A server that was only slow would otherwise come up next to the new one.
    await stopServers(files);
  }
  throw await startFailure(slot, numbers, files, ports);
}

async function prepareFiles(home: string, files: DisplayFiles, { randomBytes }: Ports): Promise<void> {
  if (Buffer.byteLength(files.socket) > SOCKET_PATH_BYTES_MAX) {
    throw new IdentityError(
      'display_start_failed',
      `The path ${files.socket} is too long for a unix socket.`,
      {
        hint: 'Choose a shorter ESCARP_HOME.',
      },
    );
  }
  await makeRootFolder(home);
  for (const path of [files.record, files.log]) {
    await (await OwnedFolder.makeBelow(home, dirname(path))).close();
  }
  await writeFileAtomically(files.authority, encodeXauthority(randomBytes(COOKIE_BYTES)));
}

/** The preferred number first, whatever seems to be there: the server itself refuses one that is truly taken. */
async function numbersToTry(preferred: number): Promise<number[]> {
  const numbers = [preferred];
  for (let number = FIRST_DISPLAY; numbers.length < TRIES_MAX; number += 1) {
    if (number !== preferred && !(await isServed(number))) numbers.push(number);
  }
  return numbers;
}

/** A killed server leaves its socket's file behind, so only an answer tells that a number is taken. */
async function isServed(displayNumber: number): Promise<boolean> {
  const socket = connect(xSocketPath(displayNumber));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function startFailure(
  slot: number,
  numbers: readonly number[],
  files: DisplayFiles,
  { run }: Ports,
): Promise<IdentityError> {
  const missing = await serverMissing({ run });
  if (missing !== null) return missing;
  const said = await logTail(files);
  return new IdentityError(
    'display_start_failed',
    `No display could be started for slot ${slot} (tried ${numbers.join(', ')}): ${said}`,
    { hint: `Read ${files.log}.` },
  );
}

/** The error that says what to install; null where Xvnc can be run. */
export async function serverMissing({ run }: Pick<Ports, 'run'>): Promise<IdentityError | null> {
  const { exitCode } = await run('Xvnc', ['-version'], { timeoutMs: 5000 });
  if (exitCode !== null) return null;
  return new IdentityError('xvnc_missing', 'Xvnc is not installed; a display per slot needs it.', {
    hint: 'Debian and Ubuntu: apt-get install tigervnc-standalone-server',
  });
}
