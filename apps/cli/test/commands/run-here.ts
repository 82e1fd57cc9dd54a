import { PassThrough } from 'node:stream';
import { main } from '../../src/main.js';
import type { EscarpHome, Said } from './escarp-home.js';
import { program } from './escarp-home.js';

/** Runs a command in this process, for what is decided before anything is asked or started. */
export async function runHere(home: EscarpHome, args: readonly string[]): Promise<Said> {
  const [stdout, stderr] = [output(), output()];
  const exitCode = await main({
    argv: args,
    env: home.env,
    version: '0.0.0',
    platform: process.platform,
    uid: process.getuid?.(),
    pid: process.pid,
    userHome: home.path,
    defaultHome: home.path,
    ignoresHangups: false,
    shortTmp: home.path,
    cwd: home.path,
    clocks: {
      wallMs: Date.now,
      monotonicMs: () => performance.now(),
      newId: () => crypto.randomUUID(),
      randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
    },
    stdout: stdout.stream,
    stderr: stderr.stream,
    outputError: () => undefined,
    program,
    onSignal: () => {},
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function output(): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  const written = new PassThrough();
  const chunks: Buffer[] = [];
  written.on('data', (chunk: Buffer) => chunks.push(chunk));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is no terminal has none of its members.
  const stream = written as unknown as NodeJS.WriteStream;
  return { stream, text: () => Buffer.concat(chunks).toString().replace(/\n$/, '') };
}
