import { safeHeaders } from './reply.js';
import type { Route } from './route.js';

/** In the text format of Prometheus. */
export type Metrics = () => string | Promise<string>;

export const metricsRoute = (metrics: Metrics): Route => ({
  method: 'GET',
  path: '/metrics',
  access: 'lease',
  answer: async () =>
    new Response(await metrics(), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', ...safeHeaders },
    }),
});
