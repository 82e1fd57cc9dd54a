import { useEffect, useRef } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import type { SlotStrip } from '@escarp/live-view/wire';
import { Icon } from '../icon.js';
import { shotName } from './shot-name.js';

interface Properties {
  readonly strip: SlotStrip;
  /** Which of its pictures is shown. */
  readonly file: string;
  readonly onTurn: (file: string) => void;
  readonly onClose: () => void;
}

/** One picture, large, and the way to the others; the arrow keys turn to them too. */
export function ShotDialog({ strip, file, onTurn, onClose }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const at = strip.pictures.findIndex((one) => one.file === file);
  const shot = strip.pictures[at];
  const turn = (step: 1 | -1): void => {
    const next = strip.pictures[at + step];
    if (next !== undefined) onTurn(next.file);
  };
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'ArrowRight') turn(1);
    if (key === 'ArrowLeft') turn(-1);
  };
  return (
    <dialog
      class="dialog shot-dialog"
      ref={dialog}
      aria-labelledby="shot-title"
      onKeyDown={onKeyDown}
      onClose={onClose}
    >
      <header class="dialog-top">
        <h2 id="shot-title" aria-live="polite">
          {shot === undefined ? 'This picture was thinned out.' : shotName(shot)}
        </h2>
        <button class="button plain" type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {shot !== undefined && (
        <>
          <img src={viewerPaths.stripShot(strip.slot, strip.fence, file)} alt={shotName(shot)} />
          <Turn at={at} of={strip.pictures.length} url={shot.url} turn={turn} />
        </>
      )}
    </dialog>
  );
}

interface TurnProperties {
  readonly at: number;
  readonly of: number;
  readonly url: string;
  readonly turn: (step: 1 | -1) => void;
}

const Turn = ({ at, of, url, turn }: TurnProperties) => (
  <footer class="shot-turn">
    <button
      class="button icon"
      type="button"
      aria-label="Earlier"
      disabled={at === 0}
      onClick={() => turn(-1)}
    >
      <Icon name="previous" />
    </button>
    <span class="muted number">
      {at + 1} of {of}
    </span>
    <button
      class="button icon"
      type="button"
      aria-label="Later"
      disabled={at === of - 1}
      onClick={() => turn(1)}
    >
      <Icon name="next" />
    </button>
    <span class="muted cut">{url}</span>
  </footer>
);
