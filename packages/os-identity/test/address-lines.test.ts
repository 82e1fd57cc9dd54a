import { expect, test } from 'vitest';
import { addressLines, type SlotIdentity } from '../src/index.js';

const unknown: SlotIdentity = {
  slot: 2,
  osWindowId: null,
  ownerPid: 9,
  bounds: null,
  cdpWindowId: null,
  cdpTargetId: null,
  calibrationNote: '',
  cuaAppBundleId: null,
  cuaAppName: null,
  cuaAppPath: null,
  display: null,
  displayAuthority: null,
  displaySocket: null,
  wmClass: null,
  live: { askedAtMs: 0, fields: [], failure: null },
};
const window = { osWindowId: 40, bounds: { x: 1, y: 2, width: 3, height: 4 } };

test('a slot on macOS is addressed by its application', () => {
  const identity = {
    ...unknown,
    ...window,
    cuaAppName: 'Escarp Chrome Slot 2',
    cuaAppBundleId: 'dev.escarp.chrome.slot2',
  };
  expect(addressLines(identity)).toEqual([
    'Application: Escarp Chrome Slot 2 (bundle identifier dev.escarp.chrome.slot2)',
    'Window: 40 of pid 9',
    'Place: 3 by 4 at 1, 2',
  ]);
});

test('a slot on Linux is addressed by its display and window, and the cookie is named by its file', () => {
  const identity = {
    ...unknown,
    ...window,
    display: ':102',
    displayAuthority: '/h/run/display-2.xauth',
    wmClass: 'escarp-slot2',
  };
  expect(addressLines(identity)).toEqual([
    'Display: DISPLAY=:102 XAUTHORITY=/h/run/display-2.xauth',
    'Window: 40 of pid 9, WM_CLASS escarp-slot2',
    'Place: 3 by 4 at 1, 2',
  ]);
});

test('what could not be asked is said, and nothing is made up for it', () => {
  const failure = { code: 'slot_headless', message: 'The slot runs headless.', hint: null } as const;
  expect(addressLines({ ...unknown, live: { askedAtMs: 0, fields: [], failure } })).toEqual([
    'The window could not be asked for: The slot runs headless.',
  ]);
});
