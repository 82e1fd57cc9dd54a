/**
 * Method and path of every operation. Apart from the schemas, so that the client, which needs nothing else of an
 * operation at run time, starts without loading a validator.
 */
export const routes = {
  status: { method: 'GET', path: '/status' },
  acquire: { method: 'POST', path: '/acquire' },
  heartbeat: { method: 'POST', path: '/heartbeat' },
  release: { method: 'POST', path: '/release' },
  reaped: { method: 'GET', path: '/reaped' },
  poolAdd: { method: 'POST', path: '/pool/add' },
  poolRemove: { method: 'POST', path: '/pool/remove' },
  revoke: { method: 'POST', path: '/revoke' },
  handoff: { method: 'POST', path: '/handoff' },
  healthz: { method: 'GET', path: '/healthz' },
  readyz: { method: 'GET', path: '/readyz' },
} as const satisfies Record<string, { method: 'GET' | 'POST'; path: `/${string}` }>;

export type OperationName = keyof typeof routes;
