import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ChildProgram {
  readonly pid: number;
  /** The one line of JSON that it printed when it was ready. */
  readonly ready: Record<string, unknown>;
  stop(): Promise<void>;
}

/** Starts one of the programs beside this bundle, handing it its options, and waits until it says that it is ready. */
export async function startProgram(
  name: string,
  options: object,
  nodeOptions: readonly string[] = [],
): Promise<ChildProgram> {
  const path = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, path, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ready = await firstLine(child, name);
  return {
    pid: child.pid ?? 0,
    ready: JSON.parse(ready),
    // The program ends when its standard input does, and so also when this process dies.
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin?.end();
      await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess, name: string): Promise<string> {
  if (child.stdout === null) throw new Error(`${name} has no output.`);
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`${name} ended before it was ready.`);
}
