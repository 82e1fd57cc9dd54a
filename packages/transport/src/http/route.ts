import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Access } from '../operation.js';
import type { Upgrade } from './upgrade.js';

/** A request as a route gets it, after the guard has let it pass. */
export type RouteRequest = {
  request: Request;
  access: Access;
  /** Node's own response, where the app is served by Node and not called by a test. */
  outgoing: ServerResponse | undefined;
  /** Hono's own, for its helpers. */
  context: Context;
};

type Answer = Response | Upgrade;

/** One address of the HTTP surface. What `answer` throws becomes an error of the contract. */
export type Route<Answered extends Answer = Answer> = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  access: Access;
  /** An `Upgrade` takes the connection over; it serves only clients that ask for one. */
  answer: (asked: RouteRequest) => Answered | Promise<Answered>;
};
