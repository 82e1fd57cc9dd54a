import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { makeRootFolder, OwnedFolder, writeFileAtomically } from '@escarp/owned-files';
import { IdentityError } from '../errors.js';
import type { IdentityPorts } from '../ports.js';
import {
  displayFiles,
  readDisplayRecord,
  removeDisplayFiles,
  writeDisplayRecord,
  type DisplayFiles,
  type DisplayRecord,
} from './display-record.js';
import { sameProcess } from './process-stamp.js';
import { parseXAddress, xSocketPath } from './x-address.js';
import { withXConnection, type XTarget } from './x-connection.js';
import { COOKIE_BYTES, encodeXauthority } from './xauthority.js';
import { logTail, ownServer, startXvnc, stopServer, strayServers, type ScreenSize } from './xvnc-process.js';

/** Clear of :0 and its neighbours, which sessions of people and their scripts take for granted. */
const FIRST_DISPLAY = 100;
const TRIES_MAX = 8;
/** The kernel's limit for the path of a unix socket, its ending zero included. */
const SOCKET_PATH_BYTES_MAX = 107;

export type SlotDisplay = { target: XTarget; files: DisplayFiles };

type Ports = Pick<IdentityPorts, 'run' | 'randomBytes'>;

/** The slot's running display: the one that is already there and proven ours, or a new one. */
export async function ensureSlotDisplay(
  home: string,
  slot: number,
  screen: ScreenSize,
  ports: Ports,
): Promise<SlotDisplay> {
  const files = displayFiles(home, slot);
  const record = await provenRecord(files);
  if (record !== null && (await answers(targetOf(record, files)))) {
    return { target: targetOf(record, files), files };
  }
  const former = await readDisplayRecord(files.record);
  await removeSlotDisplay(home, slot);
  return startDisplay(home, files, slot, former?.displayNumber ?? FIRST_DISPLAY + slot, screen, ports);
}

/** The slot's display if it stands and is ours; throws `display_missing` otherwise. Starts nothing. */
export async function findSlotDisplay(home: string, slot: number): Promise<SlotDisplay> {
  const files = displayFiles(home, slot);
  const record = await provenRecord(files);
  if (record === null) {
    throw new IdentityError('display_missing', `Slot ${slot} has no display running.`, {
      hint: 'Relaunch the slot: its display is started again with it.',
    });
  }
  return { target: targetOf(record, files), files };
}

/** Ends the slot's display and removes its files. Idempotent; what is not proven ours is left alone. */
export async function removeSlotDisplay(home: string, slot: number): Promise<void> {
  const files = displayFiles(home, slot);
  for (const stamp of await strayServers(files)) await stopServer(stamp, files);
  await removeDisplayFiles(files);
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
): Promise<SlotDisplay> {
  await prepareFiles(home, files, ports);
  const numbers = await numbersToTry(preferred);
  for (const displayNumber of numbers) {
    const process = await startXvnc(ports.run, displayNumber, files, screen);
    if (process === null) continue;
    await writeDisplayRecord(files.record, { slot, displayNumber, process });
    return { target: targetOf({ displayNumber }, files), files };
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
  const { exitCode } = await run('Xvnc', ['-version'], { timeoutMs: 5000 });
  if (exitCode === null) return xvncMissing();
  const said = await logTail(files);
  return new IdentityError(
    'display_start_failed',
    `No display could be started for slot ${slot} (tried ${numbers.join(', ')}): ${said}`,
    { hint: `Read ${files.log}.` },
  );
}

export function xvncMissing(): IdentityError {
  return new IdentityError('xvnc_missing', 'Xvnc is not installed; a display per slot needs it.', {
    hint: 'Debian and Ubuntu: apt-get install tigervnc-standalone-server',
  });
}
