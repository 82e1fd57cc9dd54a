import { IdentityError } from '../errors.js';

/** Where an X server listens, as written in DISPLAY: `:0`, `:0.1`, `unix:0` or `host:10.0`. */
export type XAddress = { display: string; host: string | null; number: number; screen: number };

const DISPLAY_FORM = /^(?:([^:/]*)(?:\/unix)?)?:(\d+)(?:\.(\d+))?$/;

export function parseXAddress(display: string): XAddress {
  const parts = DISPLAY_FORM.exec(display);
  if (parts === null) {
    throw new IdentityError('display_missing', `DISPLAY is "${display}", which names no X server.`, {
      hint: 'Set DISPLAY to something like :0, or start escarp with --displays.',
    });
  }
  const [, host, number, screen] = parts;
  return {
    display,
    host: host === undefined || host === '' || host === 'unix' ? null : host,
    number: Number(number),
    screen: Number(screen ?? 0),
  };
}

export function xSocketPath(displayNumber: number): string {
  return `/tmp/.X11-unix/X${displayNumber}`;
}
