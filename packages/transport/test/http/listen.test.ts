import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/index.js';

describe('a server that listens', () => {
  const server = createServer();
  afterEach(() => void server.close());

  it('goes on after a connection that could not be accepted, and tells of it', async () => {
    const told: Error[] = [];
    await listen(server, { host: '127.0.0.1', port: 0, onError: (error) => told.push(error) });
    const error = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });
    // As Node emits it when the process has no descriptor left.
    server.emit('error', error);
    expect(told).toEqual([error]);
    expect(server.listening).toBe(true);
  });
});
