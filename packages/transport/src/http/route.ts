import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Access } from '../operation.js';
import type { Upgrade } from './upgrade.js';

/** A request as a route receives it, after it has passed the guard. */
export type RouteRequest = {
  request: Request;
  access: Access;
  /** Node's own response, if Node serves the app and no test calls it. */
  outgoing: ServerResponse | undefined;
  /** Hono's own context, for its helpers. */
  context: Context;
};

type Answer = Response | Upgrade;

/** One address of the HTTP surface. What `answer` throws becomes an error of the contract. */
export type Route<Answered extends Answer = Answer> = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  access: Access;
  /** An `Upgrade` takes over the connection; it serves only clients that ask for one. */
  answer: (asked: RouteRequest) => Answered | Promise<Answered>;
};
