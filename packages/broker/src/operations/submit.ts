import type { Command, Reply } from '@escarp/lease-registry';
import { JournalUnavailable } from '@escarp/lease-registry';
import { OperationError } from '@escarp/transport';
import type { Submission } from './ports.js';
import { refusalError } from './refusals.js';
import { slotView } from '../slots/slot-views.js';

/** Passes a command to the registry. A journal that cannot be written becomes an error of the contract. */
export async function submit(broker: Submission, command: Command): Promise<Reply> {
  return recorded(broker, broker.registry.submit(command));
}

export async function recorded(broker: Submission, reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof JournalUnavailable)) throw error;
    refuseLostDirectory(broker, error);
    const reason = broker.journal.trouble();
    throw new OperationError('journal_unavailable', {
      cause: error,
      ...(reason === undefined ? {} : { details: { reason } }),
    });
  }
}

/** Throws `state_directory_lost` when the directory is not the one this broker opened. */
export function refuseLostDirectory(
  { journal, options }: Pick<Submission, 'journal' | 'options'>,
  cause?: unknown,
): void {
  const loss = journal.loss();
  if (loss === undefined) return;
  const message = `${loss} The daemon that opened it is process ${options.machine.pid}.`;
  throw new OperationError('state_directory_lost', { message, cause });
}

/** A reply of the expected kind, or the refusal as an error of the contract. `slot` is the one that was asked for. */
export function expectReply<T extends Reply['type']>(
  broker: Submission,
  reply: Reply,
  type: T,
  slot?: number,
): Extract<Reply, { type: T }> {
  if (isA(reply, type)) return reply;
  if (reply.type !== 'refused') throw new Error(`Expected ${type}, got ${reply.type}.`);
  broker.metrics.count('escarp_refusals_total', { code: reply.code });
  if (reply.code === 'lease_ended') broker.metrics.count('escarp_fenced_total');
  const { registry, known } = broker;
  const snapshot = () => {
    const { state } = registry;
    return [...state.resources.values()].map((resource) => slotView(known, state, resource));
  };
  throw refusalError(reply, snapshot, slot);
}

function isA<T extends Reply['type']>(reply: Reply, type: T): reply is Extract<Reply, { type: T }> {
  return reply.type === type;
}
