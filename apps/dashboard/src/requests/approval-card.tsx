import { viewerPaths } from '@escarp/live-view/wire';
import type { Approval } from '@escarp/live-view/wire';
import { announce } from '../live/announcement.js';
import { mayControl } from '../live/viewer.js';
import { AnswerForm } from './answer-form.js';
import { TimeLeft } from './time-left.js';

/** A lease that waits until a person allows what it asks for. */
export function ApprovalCard({ approval }: { approval: Approval }) {
  const { id, holder, what, reason } = approval;
  return (
    <article class="request note" data-tone="wait">
      <div class="request-body">
        <div class="request-words">
          <h2>{holder} asks for approval</h2>
          <p>{what}</p>
          {reason !== null && <p class="request-text muted">{reason}</p>}
          <TimeLeft since={approval.askedAt} until={approval.expiresAt} />
        </div>
        {mayControl(null) ? (
          <AnswerForm
            path={viewerPaths.approval(id)}
            noteLabel="Note (optional)"
            choices={[
              { label: 'Approve', look: 'primary', body: { decision: 'approve' } },
              { label: 'Deny', look: 'danger', body: { decision: 'deny' } },
            ]}
            onDone={() => announce('Your decision was sent.')}
          />
        ) : (
          <p class="muted">Deciding needs a link with control of all slots.</p>
        )}
      </div>
    </article>
  );
}
