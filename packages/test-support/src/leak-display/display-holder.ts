import { readFile } from 'node:fs/promises';
import { VncViewer } from './vnc-viewer.js';
import { XSession } from './x-session.js';

/** Where a slot's display is, as its lease says. */
export interface DisplayPlace {
  /** As DISPLAY has it. */
  readonly display: string;
  /** Path of the Xauthority file. */
  readonly authority: string;
  readonly vncSocket: string;
  /** In pixels. */
  readonly width: number;
}

/** Somebody who controls a display, by X and by VNC: the one who plants, or the one who comes after. */
export interface DisplayHolder {
  readonly place: DisplayPlace;
  readonly cookie: Buffer;
  readonly x: XSession;
  readonly viewer: VncViewer;
  /** What this holder wants to know again later, by name. */
  readonly notes: Map<string, string>;
  readonly leave: () => void;
}

export async function joinDisplay(place: DisplayPlace): Promise<DisplayHolder> {
  // The cookie is the last of the file's only entry.
  const cookie = (await readFile(place.authority)).subarray(-16);
  const x = await XSession.open(place.display, cookie);
  const viewer = await VncViewer.open(place.vncSocket);
  const leave = (): void => {
    x.close();
    viewer.close();
  };
  return { place, cookie, x, viewer, notes: new Map(), leave };
}
