// The same in the framework that the daemon is written in.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { endWithParent, sayReady } from '../program-port.js';

const app = new Hono();
app.post('/echo', async (context) => context.json(await context.req.json()));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  sayReady({ url: `http://127.0.0.1:${port}` }),
);
endWithParent();
