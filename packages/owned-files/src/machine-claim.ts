import { once } from 'node:events';
import { constants, realpath } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { isCode } from './error-code.js';
import { removeOwned } from './owned-file.js';
import { OwnedFolder } from './owned-folder.js';

/**
 * A name that one process on this machine has at a time and loses the moment it ends. It lies in no state directory, so
 * no directory that is moved, deleted or copied takes it along. On Linux it is an abstract socket, which as a port does
 * belongs to the network namespace; elsewhere a socket in a folder of the user's.
 */
export interface MachineClaim {
  /** Lets another process have it. */
  release(): Promise<void>;
}

/** Where claims are, other than on Linux: a folder of the user's own below a short path. */
export interface ClaimPlace {
  readonly shortTmp: string;
  readonly isAbstract: boolean;
}

/** `shortTmp` is a short path such as /tmp, where sockets' paths fit. */
export function claimPlace(shortTmp: string, platform: NodeJS.Platform = process.platform): ClaimPlace {
  return { shortTmp, isAbstract: platform === 'linux' };
}

/** The port of a slot's DevTools, which is the browser that listens there. */
export function portClaim(port: number): string {
  return `port-${port}`;
}

/** Undefined when another process has it; see `claimant`. Rejects with the system's errors. */
export async function takeClaim(name: string, place: ClaimPlace): Promise<MachineClaim | undefined> {
  const path = await socketPath(name, place);
  const server = createServer((socket) => socket.on('error', () => {}).end(String(process.pid)));
  // A claim keeps no process alive that has nothing else to do.
  server.unref();
  if (await listens(server, path)) return { release: () => closed(server) };
  if (place.isAbstract || (await claimant(name, place)) !== undefined) return undefined;
  // A process that was killed leaves its socket's file.
  await removeOwned(path);
  return (await listens(server, path)) ? { release: () => closed(server) } : undefined;
}

const answerMs = 1_000;

/** The pid of who has the claim, 0 when it does not say; undefined when nobody has. */
export async function claimant(name: string, place: ClaimPlace): Promise<number | undefined> {
  const socket = connect({ path: await socketPath(name, place) });
  socket.setTimeout(answerMs, () => socket.destroy());
  let said = '';
  socket.on('data', (chunk) => (said += chunk.toString('latin1')));
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  await new Promise((resolve) => socket.once('error', () => {}).once('close', resolve));
  return Number(said) || 0;
}

async function listens(server: Server, path: string): Promise<boolean> {
  try {
    server.listen({ path });
    await once(server, 'listening');
    // Somebody who asked who has the claim could not be answered; the claim stands.
    server.on('error', () => {});
    return true;
  } catch (error) {
    if (isCode(error, 'EADDRINUSE')) return false;
    throw error;
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function socketPath(name: string, { shortTmp, isAbstract }: ClaimPlace): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  if (isAbstract) return `\0escarp-${uid}-${name}`;
  // On macOS /tmp is a link.
  const root = await realpath(shortTmp);
  const path = join(root, `escarp-claims-${uid}`);
  const folder = await OwnedFolder.makeBelow(root, path);
  const { uid: owner, mode } = await folder.stat().finally(() => folder.close());
  if (owner === uid && (mode & (constants.S_IWGRP | constants.S_IWOTH)) === 0) return join(path, name);
  throw new Error(`${path} belongs to another user.`);
}
