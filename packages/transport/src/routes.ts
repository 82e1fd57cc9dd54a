/** How one operation is called. */
export type OperationRoute = {
  method: 'GET' | 'POST' | 'DELETE';
  /** A name in braces, as in `/logins/{name}`, is a field of the input that is sent in the path. */
  path: `/${string}`;
  /**
   * Whether a request may be sent again after its reply was lost: `freely` because it only reads or renews,
   * `by_request_id` because the id makes the second request the same as the first, or `never`.
   */
  repeat: 'freely' | 'by_request_id' | 'never';
};

/**
 * How every operation is called. Kept apart from the schemas so that the client, which needs nothing else at run time,
 * starts without loading a validator.
 */
export const routes = {
  status: { method: 'GET', path: '/status', repeat: 'freely' },
  acquire: { method: 'POST', path: '/acquire', repeat: 'by_request_id' },
  heartbeat: { method: 'POST', path: '/heartbeat', repeat: 'freely' },
  release: { method: 'POST', path: '/release', repeat: 'by_request_id' },
  reaped: { method: 'GET', path: '/reaped', repeat: 'freely' },
  poolAdd: { method: 'POST', path: '/pool/add', repeat: 'never' },
  poolRemove: { method: 'POST', path: '/pool/remove', repeat: 'never' },
  revoke: { method: 'POST', path: '/revoke', repeat: 'never' },
  handoff: { method: 'POST', path: '/handoff', repeat: 'by_request_id' },
  approve: { method: 'POST', path: '/approvals/{id}', repeat: 'never' },
  control: { method: 'POST', path: '/leases/{handle}/control', repeat: 'never' },
  ask: { method: 'POST', path: '/leases/{handle}/ask', repeat: 'by_request_id' },
  answer: { method: 'POST', path: '/asks/{id}', repeat: 'never' },
  logins: { method: 'GET', path: '/logins', repeat: 'freely' },
  login: { method: 'GET', path: '/logins/{name}', repeat: 'freely' },
  loginSave: { method: 'POST', path: '/logins', repeat: 'never' },
  loginDone: { method: 'POST', path: '/logins/{name}/done', repeat: 'freely' },
  loginRename: { method: 'POST', path: '/logins/{name}/rename', repeat: 'never' },
  loginRemove: { method: 'DELETE', path: '/logins/{name}', repeat: 'never' },
  healthz: { method: 'GET', path: '/healthz', repeat: 'freely' },
  readyz: { method: 'GET', path: '/readyz', repeat: 'freely' },
} as const satisfies Record<string, OperationRoute>;

/** The name of an operation. */
export type OperationName = keyof typeof routes;
