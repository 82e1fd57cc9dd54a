import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** An X display of its own. */
export interface Display {
  /** In the form of DISPLAY. */
  readonly name: string;
  readonly end: () => Promise<void>;
}

/** The path of Xvnc, or undefined if it is not installed. */
export async function findXvnc(): Promise<string | undefined> {
  return promisify(execFile)('which', ['Xvnc']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

/** Starts an X server, which picks a free number and reports it when it is ready. */
export async function startDisplay(xvnc: string): Promise<Display> {
  const options = [
    '-displayfd',
    '3',
    '-geometry',
    '1280x900',
    '-SecurityTypes',
    'None',
    '-localhost',
    '-rfbport',
    '-1',
  ];
  const server = spawn(xvnc, options, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const gone = once(server, 'exit');
  const failed = gone.then(() => {
    throw new Error('Xvnc ended before it was ready.');
  });
  failed.catch(() => {});
  const written = server.stdio[3];
  if (!written) throw new Error('Xvnc has no descriptor to write to.');
  const [number] = (await Promise.race([once(written, 'data'), failed])) as unknown[];
  return {
    name: `:${String(number).trim()}`,
    end: async () => {
      server.kill('SIGTERM');
      await gone;
    },
  };
}
