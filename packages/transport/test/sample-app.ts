import { createHttpApp, type HttpAppOptions, type OperationHandlers } from '@escarp/transport';
import { freeSlot, lease, loginOf } from './sample-views.js';

const sampleHandlers = (over: Partial<OperationHandlers> = {}): OperationHandlers => ({
  status: async () => ({
    poolSize: 1,
    leaseTtlS: 60,
    reaperIntervalS: 2,
    slots: [freeSlot()],
    queueLength: 0,
    queue: [],
    version: '2.0.0',
    revision: 7,
  }),
  acquire: async (input) => lease({ holder: input.scope.holder }),
  heartbeat: async () => lease(),
  release: async () => freeSlot(),
  reaped: async () => ({ reaped: [] }),
  poolAdd: async ({ slot }) => freeSlot({ slot }),
  poolRemove: async ({ slot }) => ({ removed: true, slot }),
  revoke: async ({ slot }) => freeSlot({ slot, state: 'resetting' }),
  handoff: async () => ({ handoff: 'code', expiresAt: 1010 }),
  approve: async ({ id, approve }) => ({ id, approved: approve }),
  control: async () => ({ slot: 0, fence: 1, control: { by: 'human', since: 1000.5 } }),
  ask: async () => ({ id: '12', outcome: 'done' }),
  answer: async ({ id, outcome }) => ({ id, outcome }),
  logins: async () => ({ logins: [loginOf()], unreadable: [] }),
  login: async ({ name }) => ({ ...loginOf({ name }), cookies: [], origins: [], passkeys: [], notHeld: [] }),
  loginSave: async ({ name }) => loginOf({ name }),
  loginDone: async ({ name }) => ({ name }),
  loginRename: async ({ newName }) => loginOf({ name: newName }),
  loginRemove: async ({ name }) => ({ removed: true, name }),
  healthz: async () => ({ ok: true, version: '2.0.0' }),
  readyz: async () => ({ ready: true }),
  ...over,
});

export type SampleOptions = Partial<Omit<HttpAppOptions, 'handlers' | 'guard'>> & {
  handlers?: Partial<OperationHandlers>;
  guard?: Partial<HttpAppOptions['guard']>;
};

/** An app as if it listened on port 7878. */
export const sampleApp = ({ handlers, guard, ...rest }: SampleOptions = {}) =>
  createHttpApp({
    handlers: sampleHandlers(handlers),
    guard: { port: () => 7878, nowMs: () => performance.now(), ...guard },
    onInternalError: (error) => {
      throw error;
    },
    events: { subscribe: () => ({ oldestRevision: 1 }) },
    metrics: () => 'escarp_slots{state="free"} 1\n',
    version: '2.0.0',
    ...rest,
  });

type App = ReturnType<typeof sampleApp>;

export const get = (app: App, path: string, headers: Record<string, string> = {}) =>
  app.request(path, { headers: { host: '127.0.0.1:7878', ...headers } });

export const post = (app: App, path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    headers: { host: '127.0.0.1:7878', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const errorOf = async (response: Response | Promise<Response>): Promise<string> =>
  ((await (await response).json()) as { error: string }).error;
