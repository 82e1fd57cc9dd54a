import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';

export interface Ended {
  /** As shells have it: 128 plus the signal's number for a program that a signal ended. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, with what it has printed so far. */
export class Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #listeners = new Set<() => void>();

  constructor(
    command: readonly string[],
    { env, cwd }: { env: Record<string, string | undefined>; cwd: string },
  ) {
    const [file = '', ...args] = command;
    this.child = spawn(file, args, { env, cwd });
    this.child.stdin.on('error', () => {});
    this.child.stdout.on('data', (chunk: Buffer) => this.#heard(() => (this.stdout += chunk.toString())));
    this.child.stderr.on('data', (chunk: Buffer) => this.#heard(() => (this.stderr += chunk.toString())));
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        const exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
        resolve({ exitCode, stdout: this.stdout, stderr: this.stderr });
        this.#heard(() => {});
      });
    });
  }

  /** Resolves with the match as soon as the program has printed it; rejects if it ends without. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(`${this.stdout}\n${this.stderr}`);
        if (found !== null) resolve(found);
        else if (this.child.exitCode !== null || this.child.signalCode !== null) {
          reject(new Error(`It ended without ${pattern}: ${this.stdout}${this.stderr}`));
        } else return;
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }

  #heard(note: () => void): void {
    note();
    for (const listener of this.#listeners) listener();
  }
}
