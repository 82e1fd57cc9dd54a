import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnedFolder, removeOwned } from '@escarp/owned-files';
import { IdentityError } from '../errors.js';
import type { Screenshot } from '../identity.js';
import type { Run } from '../ports.js';
import { permissionMissing } from './permission.js';
import type { WindowSurvey } from './window-survey.js';

const CAPTURE_MS = 15_000;
const PNG_HEADER_BYTES = 24;

/** The window's own picture by `screencapture`, whatever lies over it: no sound, no shadow, one window by number. */
export async function captureWindow(
  run: Run,
  home: string,
  windowId: number,
  { screenRecording }: WindowSurvey,
): Promise<Screenshot> {
  if (screenRecording === false) throw permissionMissing('screenRecording');
  const directory = join(home, 'tmp');
  const path = join(directory, `window-${windowId}.png`);
  await (await OwnedFolder.makeBelow(home, directory)).close();
  try {
    const words = ['-x', '-o', '-t', 'png', `-l${windowId}`, path];
    const { stderr } = await run('/usr/sbin/screencapture', words, { timeoutMs: CAPTURE_MS });
    return await readScreenshot(path, stderr);
  } finally {
    await removeOwned(path);
  }
}

async function readScreenshot(path: string, stderr: string): Promise<Screenshot> {
  const png = await readFile(path).catch(() => null);
  if (png === null || png.length < PNG_HEADER_BYTES) {
    throw new IdentityError(
      'screen_unreadable',
      `screencapture produced no picture. ${stderr.trim()}`.trim(),
      {
        hint: permissionMissing('screenRecording').hint,
      },
    );
  }
  return { png, width: png.readUInt32BE(16), height: png.readUInt32BE(20), region: 'window' };
}
