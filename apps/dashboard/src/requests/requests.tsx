import { viewer } from '../live/viewer.js';
import { addressOf } from '../route.js';
import { ApprovalCard } from './approval-card.js';
import { AskCard } from './ask-card.js';

/** What agents want of a person, before everything else on the page. */
export function Requests() {
  const { asks = [], approvals = [] } = viewer.value ?? {};
  if (asks.length + approvals.length === 0) return null;
  return (
    <section class="requests" aria-label="Requests">
      {asks.map((ask) => (
        <AskCard key={ask.id} ask={ask}>
          {ask.slot !== null && (
            <a class="button primary" href={addressOf({ page: 'slot', slot: ask.slot })}>
              Go to slot {ask.slot}
            </a>
          )}
        </AskCard>
      ))}
      {approvals.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} />
      ))}
    </section>
  );
}
