import { useState } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import type { Link, Right, ViewerSession } from '@escarp/live-view/wire';
import { announce } from '../live/announcement.js';
import { post } from '../live/api.js';
import { Problem } from '../problem.js';
import { viewer } from '../live/viewer.js';
import { hourAndMinute } from '../text/time-of-day.js';

/** Makes a link for somebody else, with at most the rights of this session. */
export function NewLink({ session }: { session: ViewerSession }) {
  const [right, setRight] = useState<Right>('view');
  const [slot, setSlot] = useState(session.slot);
  const [link, setLink] = useState<Link>();
  const [problem, setProblem] = useState<string>();
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const answer = await post<Link>(viewerPaths.links, { right, ...(slot === null ? {} : { slot }) });
    setLink(answer.ok ? answer.body : undefined);
    setProblem(answer.ok ? undefined : answer.error.message);
  };
  return (
    <form class="form" onSubmit={(event) => void make(event)}>
      <h3>A link for somebody else</h3>
      <div class="fields">
        <label class="field">
          <span>They can</span>
          <select
            value={right}
            onChange={({ currentTarget }) => setRight(currentTarget.value === 'control' ? 'control' : 'view')}
          >
            <option value="view">watch</option>
            {session.right === 'control' && <option value="control">watch and control</option>}
          </select>
        </label>
        <SlotChoice session={session} slot={slot} choose={setSlot} />
      </div>
      <div class="buttons">
        <button class="button primary" type="submit">
          Make a link
        </button>
      </div>
      {link !== undefined && <MadeLink link={link} />}
      <Problem text={problem} />
    </form>
  );
}

interface SlotChoiceProperties {
  readonly session: ViewerSession;
  readonly slot: number | null;
  readonly choose: (slot: number | null) => void;
}

const SlotChoice = ({ session, slot, choose }: SlotChoiceProperties) => (
  <label class="field">
    <span>Slots</span>
    <select
      value={slot === null ? '' : String(slot)}
      onChange={({ currentTarget: { value } }) => choose(value === '' ? null : Number(value))}
    >
      {session.slot === null && <option value="">all</option>}
      {(viewer.value?.slots ?? []).map(({ slot: number }) => (
        <option key={number} value={String(number)}>
          slot {number}
        </option>
      ))}
    </select>
  </label>
);

function MadeLink({ link: { url, expiresAt } }: { link: Link }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(url);
    announce('The link was copied.');
  };
  return (
    <label class="field">
      <span>Opens once, until {hourAndMinute(expiresAt)}</span>
      <span class="link-line">
        <input class="path" readOnly value={url} onFocus={({ currentTarget }) => currentTarget.select()} />
        {/* Browsers offer the clipboard to secure pages alone: not to a phone on the same network without TLS. */}
        {isSecureContext && (
          <button class="button" type="button" onClick={() => void copy()}>
            Copy
          </button>
        )}
      </span>
    </label>
  );
}
