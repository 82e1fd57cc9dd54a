import { Client } from 'undici';

/** Sends JSON on a connection of its own and resolves with the answer; rejects if it is not a success. */
export type Send = (path: string, body: object) => Promise<Record<string, unknown>>;

export interface Load {
  /** Durations in milliseconds, by the name they were recorded under. */
  readonly durations: ReadonlyMap<string, readonly number[]>;
  /** Requests answered in a second, by all connections together. */
  readonly perSecond: number;
}

export interface LoadSize {
  readonly connections: number;
  /** Of the task, on each connection. */
  readonly repeats: number;
}

export type Task = (send: Timed, connection: number) => Promise<void>;

/** As `Send`, with a name under which the duration is recorded. */
export type Timed = (name: string, path: string, body: object) => Promise<Record<string, unknown>>;

/** Opens so many connections; on each the task is repeated, the next request leaving when the last was answered. */
export async function closedLoop(url: string, { connections, repeats }: LoadSize, task: Task): Promise<Load> {
  const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }));
  const durations = new Map<string, number[]>();
  let requests = 0;
  try {
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client, connection) => {
        const send = timed(client, durations, () => requests++);
        for (let round = 0; round < repeats; round++) await task(send, connection);
      }),
    );
    return { durations, perSecond: (requests * 1_000) / (performance.now() - startedAt) };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

function timed(client: Client, durations: Map<string, number[]>, count: () => void): Timed {
  const send = sender(client);
  return async (name, path, body) => {
    const startedAt = performance.now();
    const answer = await send(path, body);
    const all = durations.get(name) ?? [];
    durations.set(name, all);
    all.push(performance.now() - startedAt);
    count();
    return answer;
  };
}

const headers = { 'content-type': 'application/json' };

function sender(client: Client): Send {
  return async (path, body) => {
    const response = await client.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}: ${text}`);
    const answer: Record<string, unknown> = JSON.parse(text);
    return answer;
  };
}
