import type { ViewerSession } from '@escarp/live-view/wire';

/** What a session may do, in words. */
export function rightWords({ right, slot }: ViewerSession): string {
  const which = slot === null ? '' : ` slot ${slot}`;
  return right === 'control' ? `You can watch and control${which}` : `You can watch${which}`;
}
