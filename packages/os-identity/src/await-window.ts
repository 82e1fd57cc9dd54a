import type { SystemWindow } from './bind-window.js';
import type { IdentityErrorCode } from './errors.js';
import type { SlotIdentity } from './identity.js';
import { identifyWindow, type WindowQuestion } from './window-questions.js';

/** Failures that time alone can fix: a window that is not there yet, or an earlier one that is not gone yet. */
const passing: ReadonlySet<IdentityErrorCode> = new Set(['window_not_found', 'window_ambiguous']);

/**
 * Asks again at every change until the slot's window is there, or the wait is cut off. `changed` resolves when asking
 * again may bring another answer, and when it is cut off. Never rejects for an operating failure, and does not wait out
 * one that is not about windows.
 */
export async function awaitWindow<W extends SystemWindow>(
  question: WindowQuestion<W>,
  cutOff: AbortSignal,
  changed: (cutOff: AbortSignal) => Promise<void>,
): Promise<SlotIdentity> {
  for (;;) {
    // Heard from before the look, so that what changes during it is not missed.
    const next = changed(cutOff);
    const identity = await identifyWindow(question);
    const { failure } = identity.live;
    if (failure === null || !passing.has(failure.code) || cutOff.aborted) return identity;
    await next;
  }
}
