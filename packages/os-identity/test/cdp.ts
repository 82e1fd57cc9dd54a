import { once } from 'node:events';
import { WebSocket } from 'ws';

/** The least of a DevTools client: commands with answers, and one-time events. */
export type Cdp = {
  send: <T = unknown>(method: string, parameters?: object, sessionId?: string) => Promise<T>;
  event: (method: string, sessionId?: string) => Promise<unknown>;
  close: () => void;
};

type Message = {
  id?: number;
  method?: string;
  sessionId?: string;
  result?: unknown;
  params?: unknown;
  error?: { message: string };
};

export async function connectCdp(url: string): Promise<Cdp> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const listeners = new Set<(message: Message) => void>();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    for (const listener of listeners) listener(message);
  });
  const first = (wanted: (message: Message) => boolean) =>
    new Promise<Message>((resolve) => {
      const listener = (message: Message) => {
        if (!wanted(message)) return;
        listeners.delete(listener);
        resolve(message);
      };
      listeners.add(listener);
    });
  let lastId = 0;
  return {
    send: async <T>(method: string, parameters: object = {}, sessionId?: string) => {
      lastId += 1;
      const id = lastId;
      const answer = first((message) => message.id === id);
      socket.send(JSON.stringify({ id, method, params: parameters, sessionId }));
      const { error, result } = await answer;
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result as T;
    },
    event: async (method, sessionId) =>
      (await first((message) => message.method === method && message.sessionId === sessionId)).params,
    close: () => socket.terminate(),
  };
}
