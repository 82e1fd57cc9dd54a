import { createInterface } from 'node:readline';
import { readRecorderOrder, type RecordedLease, type RecorderReply } from '@escarp/screenshots';
import type { ViewerPorts } from '../ports.js';
import { Recorder } from './recorder.js';

/** What the recorder's program has of its process. */
export interface RecorderStreams {
  /** The state directory. */
  readonly home: string;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly ports: Omit<ViewerPorts, 'log'>;
}

/** Carries out the daemon's orders until there are no more, which is when the daemon ends, however it does. */
export async function serveRecorder({ home, input, output, ports }: RecorderStreams): Promise<void> {
  const say = (reply: RecorderReply): void => void output.write(`${JSON.stringify(reply)}\n`);
  const recorder = new Recorder({
    home,
    ports: { ...ports, log: () => {} },
    onProblem: (slot, problem) => say({ problem, slot }),
  });
  const carryOut = async (order: number, leases: readonly RecordedLease[]): Promise<void> => {
    await recorder.record(leases);
    say({ done: order });
  };
  const underWay = new Set<Promise<void>>();
  // Not one after the other: a browser that does not answer must not keep the rest from being let go of.
  for await (const line of createInterface({ input })) {
    const { order, leases } = readRecorderOrder(line);
    const carriedOut = carryOut(order, leases).finally(() => underWay.delete(carriedOut));
    underWay.add(carriedOut);
  }
  await recorder.record([]);
  await Promise.all(underWay);
}
