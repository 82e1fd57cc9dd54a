import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLevel } from './settings.js';

export interface Log {
  readonly debug: LogWriter;
  readonly info: LogWriter;
  readonly warn: LogWriter;
  readonly error: LogWriter;
}

type LogWriter = (message: string, details?: Readonly<Record<string, unknown>>) => void;

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** One JSON object a line, which also keeps control characters in any text from reaching a terminal. */
export function createLog(least: LogLevel, now: () => number, write: (line: string) => void): Log {
  const writer = (level: LogLevel): LogWriter => {
    if (levels.indexOf(level) < levels.indexOf(least)) return () => {};
    return (message, details = {}) =>
      write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...details })}\n`);
  };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/**
 * Appends to a file that is cut in two generations, so that it never grows past twice the limit. A full disk loses
 * log lines and nothing else.
 */
export function fileLogWriter(path: string, bytesMax: number): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let bytes = sizeOf(path);
  return (line) => {
    try {
      if (bytes > bytesMax) {
        renameSync(path, `${path}.1`);
        bytes = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      bytes += line.length;
    } catch {
      // There is nowhere left to say so.
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
