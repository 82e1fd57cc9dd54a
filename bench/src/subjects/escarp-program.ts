import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = (name: string): string =>
  fileURLToPath(new URL(`../bin/${name}.js`, import.meta.resolve('escarp')));

/** The built programs, as npm links them. */
export const escarpPath = bin('escarp');
export const escarpMcpPath = bin('escarp-mcp');

export type Environment = Readonly<Record<string, string | undefined>>;

/** This process's environment without anybody's settings of escarp, and with these. */
export function environmentWith(own: Environment): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(ESCARP_|VITEST|npm_|NODE_)/.test(name),
  );
  const all = [...inherited, ...Object.entries(own)];
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Runs a Node program to its end and resolves with its output; rejects if it fails. */
export function runNode(args: readonly string[], env: Environment): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`));
    });
  });
}
