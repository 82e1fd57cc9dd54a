import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '@escarp/child-process';
import type { Workstation } from '../../src/workstation.js';

/** A home of its own, with a PATH on which only the programs stand that the test puts there. */
export class SetupHome {
  readonly path = mkdtempSync(join(tmpdir(), 'setup-'));
  private readonly mounts: string[] = [];

  machine(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux'): Workstation {
    const full = { HOME: this.path, PATH: join(this.path, 'bin'), ...env };
    return {
      platform,
      home: this.path,
      env: full,
      run: (command, args, options) => runCommand(command, args, { ...options, env: full }),
    };
  }

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  /** A program that writes its arguments to `calls`, a line each time, and then does `body`. */
  program(name: string, body = ''): string {
    const calls = join(this.path, 'calls');
    const path = this.write(
      join('bin', name),
      `#!${process.execPath}
const args = process.argv.slice(2);
require('node:fs').appendFileSync(${JSON.stringify(calls)}, JSON.stringify(args) + '\\n');
${body}
`,
    );
    chmodSync(path, 0o755);
    return path;
  }

  /** Lays one file over another, as containers do; needs root. */
  mount(source: string, name: string, ...options: string[]): void {
    const target = join(this.path, name);
    execFileSync('mount', ['--bind', source, target]);
    this.mounts.push(target);
    if (options.length > 0) execFileSync('mount', ['-o', ['remount', 'bind', ...options].join(','), target]);
  }

  calls(): string[][] {
    return this.read('calls')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
  }

  remove(): void {
    for (const target of this.mounts) execFileSync('umount', [target]);
    rmSync(this.path, { recursive: true });
  }
}
