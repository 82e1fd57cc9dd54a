import { omitUndefined } from '@escarp/contract';
import type { Lease } from '@escarp/lease-registry';
import type { ControlView } from '@escarp/transport';

/** Who has control of a leased browser, as anyone may see it. */
export function controlView(control: NonNullable<Lease['control']>): ControlView {
  const { by, who, since } = control;
  const told = { by, since: since / 1_000, ...omitUndefined({ who }) };
  if (control.by === 'agent') {
    const { outcome, note } = control;
    return { ...told, outcome, ...omitUndefined({ note }) };
  }
  const { reason, expiresAt } = control;
  return { ...told, expiresAt: expiresAt / 1_000, ...omitUndefined({ reason }) };
}
