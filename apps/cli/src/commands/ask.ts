import { omitUndefined } from '@escarp/contract';
import type { AskResult, Client } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import { chosenLease } from '../chosen-leases.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { daemonConnection } from '../find-daemon.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';

const refusedCode = 3;

/** Asks a person about a lease, and keeps the lease alive meanwhile. Exits with 3 unless the person did it. */
export async function ask(cli: Cli, args: Arguments): Promise<number> {
  const question = {
    reason: args.required('reason'),
    ...omitUndefined({ instructions: args.text('instructions'), timeoutS: args.number('timeout') }),
  };
  await checkQuestion(question);
  const connection = await daemonConnection(cli);
  const { client } = connection;
  const { leaseToken } = await chosenLease(cli, connection, args);
  const held = client.hold(await client.heartbeat({ leaseToken }));
  const { handle, slot } = held.lease;
  say(cli, `Waiting for a person to answer about slot ${slot}.`);
  try {
    const answered = await client.ask({ handle, leaseToken, ...question }, { signal: cli.interrupted });
    printAnswer(cli, answered, linesFor(answered));
    return answered.outcome === 'done' ? 0 : refusedCode;
  } finally {
    held.stop();
  }
}

type Question = Omit<Parameters<Client['ask']>[0], 'handle' | 'leaseToken'>;

/** Before anybody is told that a person is waited for. */
async function checkQuestion(question: Question): Promise<void> {
  const { checkRequest } = await import('@escarp/transport');
  checkRequest('ask', { handle: 'not known yet', leaseToken: 'not known yet', ...question });
}

const sentences = {
  done: 'Done. Look at the page again: it may have changed.',
  declined: 'The person declined.',
  timed_out: 'Nobody answered. That is not consent.',
};

function linesFor({ outcome, who, note, notice }: AskResult): string[] {
  const by = who === undefined ? '' : `${printable(who)}: `;
  return [
    sentences[outcome],
    ...(note === undefined ? [] : [`${by}${printable(note)}`]),
    ...(notice === undefined ? [] : [printable(notice)]),
  ];
}
