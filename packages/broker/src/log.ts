import { appendOwnedSync } from '@escarp/owned-files';
import type { LogLevel } from './settings.js';

/** Writes lines of the log, by level, each with a message and plain data. */
export interface Log {
  readonly debug: LogWriter;
  readonly info: LogWriter;
  readonly warn: LogWriter;
  readonly error: LogWriter;
}

type LogWriter = (message: string, details?: Readonly<Record<string, unknown>>) => void;

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** One JSON object a line. */
export function createLog(least: LogLevel, now: () => number, write: (line: string) => void): Log {
  const writer = (level: LogLevel): LogWriter => {
    if (levels.indexOf(level) < levels.indexOf(least)) return () => {};
    return (message, details = {}) =>
      write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...details })}\n`);
  };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/**
 * Appends to a log file that is rotated once, so that both together never exceed twice the limit. On a full disk, log
 * lines are lost and nothing else.
 */
export function fileLogWriter(path: string, bytesMax: number): (line: string) => void {
  return (line) => {
    try {
      appendOwnedSync(path, line, bytesMax);
    } catch {
      // There is nowhere left to report it.
    }
  };
}
