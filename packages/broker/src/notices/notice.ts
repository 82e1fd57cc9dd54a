import { omitUndefined } from '@escarp/contract';
import type { RegistryEvent } from '@escarp/lease-registry';
import { slotOf } from '../slots/slot-key.js';

/** Somebody waits for a person. */
export interface Notice {
  readonly kind: 'question' | 'approval';
  readonly id: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly holder: string;
  /** One line, in the holder's words. */
  readonly reason: string;
  /** Without one for a holder that has no slot yet. */
  readonly slot?: number;
  readonly instructions?: string;
}

/** The holder of a slot now, by its key in the registry. */
export type HolderOf = (key: string) => string | undefined;

/** Who waits for what since this event; undefined for all other events. */
export function noticeIn({ change }: RegistryEvent, holderOf: HolderOf): Notice | undefined {
  if (change.type === 'ask-made') {
    const { id, reason, instructions, expiresAt } = change.ask;
    const who = { holder: holderOf(change.key) ?? '', slot: slotOf(change.key) };
    return { kind: 'question', id, expiresAt, reason, ...who, ...omitUndefined({ instructions }) };
  }
  if (change.type !== 'waiter-queued' || change.waiter.approval === undefined) return undefined;
  const { approval, scope, claims = [] } = change.waiter;
  const reason = `to use ${claims.map(({ name }) => name).join(', ')}`;
  return { kind: 'approval', ...approval, holder: scope.holder, reason };
}
