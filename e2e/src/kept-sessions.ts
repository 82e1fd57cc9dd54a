import { afterEach } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import type { McpSession } from './mcp-session.js';

/**
 * A list for the sessions that a test opens. After each test they are closed, and their slots are waited for, so that the next
 * one finds the whole pool free.
 */
export function closedAfterEach(home: () => EscarpHome): McpSession[] {
  const sessions: McpSession[] = [];
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()));
    await home().settled();
  }, 120_000);
  return sessions;
}
