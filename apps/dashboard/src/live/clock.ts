import { signal } from '@preact/signals';

let differenceS = 0;

/** The viewer's time in epoch seconds, once a second while the page is seen. */
export const now = signal(Date.now() / 1_000);

/** The viewer's clock may differ from that of this device. */
export function setViewerClock(epochS: number): void {
  differenceS = epochS - Date.now() / 1_000;
  tick();
}

export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) tick();
  }, 1_000);
}

function tick(): void {
  now.value = Date.now() / 1_000 + differenceS;
}
