import { cornerWindow, setText, textOf, typeKey } from './display-kind.js';
import type { DisplayKind } from './display-kind.js';
import type { DisplayHolder } from './display-holder.js';
import { canOpen, pixelOf, pointerOf } from './who-is-connected.js';
import type { XSession } from './x-session.js';

const [capsLock, f12, mod3Key] = [66, 96, 97];
const lockMask = 2;
const background = 0x12_34_56;

/** What a holder can set on an X server, and what stays set when they have gone. */
export const settingKinds: readonly DisplayKind[] = [
  {
    name: 'place of the pointer',
    plant: async ({ x }) => movePointer(x, 20, 21),
    // A new server has it in the middle of the screen.
    find: async (next) => {
      const { rootX, rootY } = await pointerOf(next);
      return rootX < 200 && rootY < 200;
    },
  },
  rootText('property of the root window', 'ESCARP_LEAK'),
  rootText('resource database (xrdb)', 'RESOURCE_MANAGER'),
  rootText('cut buffer', 'CUT_BUFFER0'),
  {
    name: 'keyboard map (xmodmap)',
    plant: ({ x }) => x.ask('ChangeKeyboardMapping', f12, 1, [0x61_62]),
    find: async ({ x }) =>
      JSON.stringify(await x.ask('GetKeyboardMapping', f12, 1)).includes(String(0x61_62)),
  },
  {
    name: 'modifier map',
    plant: async ({ x }) => {
      const rows = await x.ask<number[][]>('GetModifierMapping');
      await x.ask(
        'SetModifierMapping',
        rows.map((row, index) => (index === 5 ? [mod3Key] : row)),
      );
    },
    find: async ({ x }) => ((await x.ask<number[][]>('GetModifierMapping'))[5] ?? []).includes(mod3Key),
  },
  {
    name: 'caps lock',
    plant: async ({ x }) => {
      await typeKey(x, 'KeyPress', capsLock);
      await typeKey(x, 'KeyRelease', capsLock);
    },
    find: async (next) => ((await pointerOf(next)).keyMask & lockMask) !== 0,
  },
  {
    name: 'order of the mouse buttons',
    plant: async ({ x }) => x.ask('SetPointerMapping', [3, 2, 1, ...(await buttons(x)).slice(3)]),
    find: async ({ x }) => (await buttons(x))[0] === 3,
  },
  {
    name: 'pointer acceleration (xset m)',
    plant: ({ x }) => x.ask('ChangePointerControl', 7, 1, 9, true, true),
    find: async ({ x }) => JSON.stringify(await x.ask('GetPointerControl')).includes('9'),
  },
  {
    name: 'bell and keyboard control (xset b, r)',
    plant: ({ x }) => x.ask('ChangeKeyboardControl', { bellPercent: 7 }),
    find: async ({ x }) => (await x.ask<{ bellPercent: number }>('GetKeyboardControl')).bellPercent === 7,
  },
  {
    name: 'screen saver (xset s)',
    plant: ({ x }) => x.ask('SetScreenSaver', 77, 0, 1, 1),
    find: async ({ x }) => (await x.ask<{ timeout: number }>('GetScreenSaver')).timeout === 77,
  },
  {
    name: 'list of hosts and users who are let in (xhost)',
    plant: ({ x }) => x.ask('ChangeHosts', 0, 5, Buffer.from('localuser\0nobody')),
    find: async ({ x }) => {
      const { hosts } = await x.ask<{ hosts: { address: Uint8Array }[] }>('ListHosts');
      return hosts.some(({ address }) => Buffer.from(address).includes('nobody'));
    },
  },
  {
    name: 'access control that is off (xhost +)',
    plant: ({ x }) => x.ask('SetAccessControl', 0),
    find: ({ place }) => canOpen(place.display, undefined),
  },
  {
    name: 'background of the screen',
    plant: ({ x }) => x.ask('ChangeWindowAttributes', x.root, { backgroundPixel: background }),
    find: async ({ x }) => {
      const parentRelative = 1;
      return (await pixelOf(x, await cornerWindow(x, { backgroundPixmap: parentRelative }))) === background;
    },
  },
  {
    name: 'mouse pointer of the screen',
    plant: async (former) => {
      const { x } = former;
      const [font, cursor] = [x.newId(), x.newId()];
      await x.ask('OpenFont', font, 'cursor');
      const black = { R: 0, G: 0, B: 0 };
      await x.ask('CreateGlyphCursor', cursor, font, font, 56, 57, black, black);
      await x.ask('ChangeWindowAttributes', x.root, { cursor });
      former.notes.set('cursor', await shownCursor(x));
    },
    find: async ({ x }, { notes }) => (await shownCursor(x)) === notes.get('cursor'),
  },
  {
    name: 'size of the screen (RandR)',
    plant: async ({ x }) => {
      const randr = await x.extension<RandR>('randr');
      const { screens, timestamp, config_timestamp } = await x.answerOf<ScreenInfo>((done) =>
        randr.GetScreenInfo(x.root, done),
      );
      const smaller = screens.findIndex(({ px_width }) => px_width === 800);
      await x.answerOf((done) =>
        randr.SetScreenConfig(x.root, timestamp, config_timestamp, smaller, 1, 0, done),
      );
    },
    find: async ({ x, place }) =>
      (await x.ask<{ width: number }>('GetGeometry', x.root)).width !== place.width,
  },
];

interface ScreenInfo {
  readonly screens: readonly { readonly px_width: number }[];
  readonly timestamp: number;
  readonly config_timestamp: number;
}
type Done = (error: Error | null | undefined, value: unknown) => true;
interface RandR {
  readonly GetScreenInfo: (window: number, done: Done) => void;
  readonly SetScreenConfig: (
    window: number,
    timestamp: number,
    configTimestamp: number,
    size: number,
    rotation: number,
    rate: number,
    done: Done,
  ) => void;
}

function rootText(name: string, property: string): DisplayKind {
  return {
    name,
    plant: ({ x }) => setText(x, x.root, property, 'leaked'),
    find: async ({ x }) => (await textOf(x, x.root, property)) === 'leaked',
  };
}

async function movePointer(x: XSession, toX: number, toY: number): Promise<void> {
  await x.ask('WarpPointer', 0, x.root, 0, 0, 0, 0, toX, toY);
}

function buttons(x: XSession): Promise<number[]> {
  return x.ask<Iterable<number>>('GetPointerMapping').then((mapping) => [...mapping]);
}

/** The picture of the pointer over a window that has none of its own, and so shows the screen's. */
async function shownCursor(x: DisplayHolder['x']): Promise<string> {
  const fixes = await x.extension<{ GetCursorImage: (done: Done) => void }>('fixes');
  const window = await cornerWindow(x);
  await movePointer(x, 10, 10);
  const { cursorImage } = await x.answerOf<{ cursorImage: Buffer }>((done) => fixes.GetCursorImage(done));
  await x.ask('DestroyWindow', window);
  return cursorImage.toString('base64');
}
