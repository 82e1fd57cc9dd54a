import type { AbortSignalLike } from '@escarp/lease-registry';

/**
 * When a caller gives up its place in line: when it hangs up, and, if it has no request id to come back by, when the daemon
 * stops. One that can come back keeps its place while the daemon stops, for that is not the caller's doing.
 *
 * It is heard by one listener, and is no AbortSignal because many callers wait at a time, and each such signal takes more
 * than the rest of what is kept for one.
 */
export class PlaceInLine implements AbortSignalLike {
  private readonly gone: AbortSignal;
  private readonly stopping: AbortSignal;
  private readonly canComeBack: boolean;
  private listener: (() => void) | undefined;

  constructor(gone: AbortSignal, stopping: AbortSignal, canComeBack: boolean) {
    this.gone = gone;
    this.stopping = stopping;
    this.canComeBack = canComeBack;
  }

  get aborted(): boolean {
    return this.canComeBack
      ? this.gone.aborted && !this.stopping.aborted
      : this.gone.aborted || this.stopping.aborted;
  }

  addEventListener(type: 'abort', listener: () => void): void {
    this.listener = listener;
    this.gone.addEventListener(type, this);
    if (!this.canComeBack) this.stopping.addEventListener(type, this);
  }

  removeEventListener(type: 'abort'): void {
    this.listener = undefined;
    this.gone.removeEventListener(type, this);
    this.stopping.removeEventListener(type, this);
  }

  /** Of what it listens to. */
  handleEvent(): void {
    if (this.aborted) this.listener?.();
  }
}
