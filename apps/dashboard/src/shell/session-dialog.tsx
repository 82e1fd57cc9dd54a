import { useRef, useState } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import { Icon } from '../icon.js';
import { post } from '../live/api.js';
import { Problem } from '../problem.js';
import { now } from '../live/clock.js';
import { end, viewer } from '../live/viewer.js';
import { duration } from '../text/duration.js';
import { NewLink } from './new-link.js';
import { NotifyMe } from './notify-me.js';
import { rightWords } from './right-words.js';

/** Whose session this is and how long it lasts, a link for somebody else, and the way out. */
export function SessionDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const session = viewer.value?.session;
  if (session === undefined) return null;
  const open = (): void => {
    setIsOpen(true);
    dialog.current?.showModal();
  };
  return (
    <>
      <button class="button plain session-button" type="button" onClick={open}>
        <Icon name="share" />
        Session
      </button>
      <dialog class="dialog" ref={dialog} aria-labelledby="session-title" onClose={() => setIsOpen(false)}>
        {isOpen && (
          <>
            <header class="dialog-top">
              <h2 id="session-title">Your session</h2>
              <button class="button plain" type="button" onClick={() => dialog.current?.close()}>
                Close
              </button>
            </header>
            <p>
              {rightWords(session)}, for {duration(session.expiresAt - now.value)} more.
            </p>
            <NotifyMe />
            <NewLink session={session} />
            <EndSession />
          </>
        )}
      </dialog>
    </>
  );
}

function EndSession() {
  const [problem, setProblem] = useState<string>();
  const leave = async (): Promise<void> => {
    const answer = await post(viewerPaths.sessionEnd, {});
    if (answer.ok) end('revoked');
    else setProblem(answer.error.message);
  };
  return (
    <div class="dialog-end">
      <p class="muted">Ending it closes this page for good. Agents and browsers go on.</p>
      <button class="button danger" type="button" onClick={() => void leave()}>
        End this session
      </button>
      <Problem text={problem} />
    </div>
  );
}
