import { cornerWindow, isKeyDown, isMarked, protocol, setText, textOf, typeKey } from './display-kind.js';
import type { DisplayKind } from './display-kind.js';
import type { DisplayHolder } from './display-holder.js';
import { XSession } from './x-session.js';

const [keyB, keyHeld, hotKey] = [56, 38, 70];

/** What a former holder who is still there can do, and what lives as long as they are. */
export const connectionKinds: readonly DisplayKind[] = [
  {
    name: 'X client that is still connected and types',
    plant: async () => {},
    find: async (next, former) => {
      if (!former.x.isOpen) return false;
      await typeKey(former.x, 'KeyPress', keyB);
      const isTyped = await isKeyDown(next.x, keyB);
      await typeKey(former.x, 'KeyRelease', keyB);
      return isTyped;
    },
  },
  {
    name: 'X client that is still connected and photographs the screen',
    plant: async () => {},
    find: async (_next, { x }) => x.isOpen && (await pixelOf(x, x.root)) !== undefined,
  },
  {
    name: 'cookie that still opens the display',
    plant: async () => {},
    find: async (_next, { place, cookie }) => canOpen(place.display, cookie),
  },
  {
    name: 'VNC viewer that is still connected',
    plant: async () => {},
    find: async (_next, { viewer }) => viewer.sees(),
  },
  ...['PRIMARY', 'CLIPBOARD'].map((selection): DisplayKind => ({
    name: `selection ${selection}`,
    plant: async ({ x }) => {
      const owner = await cornerWindow(x);
      await setText(x, owner, `ESCARP_${selection}`, 'leaked');
      await x.ask('SetSelectionOwner', owner, await x.atom(selection), protocol.currentTime);
    },
    find: async ({ x }) => {
      const owner = await x.ask<number>('GetSelectionOwner', await x.atom(selection));
      return owner !== 0 && (await textOf(x, owner, `ESCARP_${selection}`)) === 'leaked';
    },
  })),
  {
    name: 'window over the screen',
    plant: async ({ x }) => setText(x, await cornerWindow(x), 'ESCARP_COVER', 'leaked'),
    find: async ({ x }) => isMarked(x, 'ESCARP_COVER'),
  },
  {
    name: 'window of a client that has gone (close-down mode)',
    plant: async ({ place, cookie }) => {
      const x = await XSession.open(place.display, cookie);
      await x.ask('SetCloseDownMode', 1);
      await setText(x, await cornerWindow(x), 'ESCARP_RETAINED', 'leaked');
      x.close();
    },
    find: async ({ x }) => isMarked(x, 'ESCARP_RETAINED'),
  },
  {
    name: 'key that is held down',
    plant: async ({ x }) => typeKey(x, 'KeyPress', keyHeld),
    find: async ({ x }) => isKeyDown(x, keyHeld),
  },
  {
    name: 'hot key (passive grab)',
    plant: ({ x }) => grabKey(x),
    find: async ({ x }) => {
      const isTaken = await grabKey(x).then(
        () => false,
        () => true,
      );
      if (!isTaken) await x.ask('UngrabKey', x.root, hotKey, anyModifier);
      return isTaken;
    },
  },
  {
    name: 'pointer grab',
    plant: ({ x }) => grabPointer(x),
    find: async ({ x }) => {
      const isTaken = (await grabPointer(x)) !== 0;
      if (!isTaken) await x.ask('UngrabPointer', protocol.currentTime);
      return isTaken;
    },
  },
  {
    name: 'keyboard grab',
    plant: ({ x }) => grabKeyboard(x),
    find: async ({ x }) => {
      const isTaken = (await grabKeyboard(x)) !== 0;
      if (!isTaken) await x.ask('UngrabKeyboard', protocol.currentTime);
      return isTaken;
    },
  },
];

const anyModifier = 0x8000;

export async function canOpen(display: string, cookie: Buffer | undefined): Promise<boolean> {
  return XSession.open(display, cookie).then(
    (x) => (x.close(), true),
    () => false,
  );
}

/** The first pixel of a window or screen; undefined where there is none to be had. */
export async function pixelOf(x: XSession, window: number): Promise<number | undefined> {
  const picture = await x
    .ask<{ data: Buffer }>('GetImage', 2, window, 0, 0, 1, 1, 0xff_ff_ff_ff)
    .catch(() => undefined);
  return picture === undefined ? undefined : picture.data.readUInt32LE(0) & 0xff_ff_ff;
}

export function pointerOf({ x }: DisplayHolder): Promise<{ rootX: number; rootY: number; keyMask: number }> {
  return x.ask('QueryPointer', x.root);
}

function grabKey(x: XSession): Promise<unknown> {
  const { asynchronous } = protocol;
  return x.ask('GrabKey', x.root, 0, anyModifier, hotKey, asynchronous, asynchronous);
}

function grabPointer(x: XSession): Promise<number> {
  const { asynchronous, none, currentTime } = protocol;
  return x.ask('GrabPointer', x.root, 0, 0, asynchronous, asynchronous, none, none, currentTime);
}

function grabKeyboard(x: XSession): Promise<number> {
  const { asynchronous, currentTime } = protocol;
  return x.ask('GrabKeyboard', x.root, 0, currentTime, asynchronous, asynchronous);
}
