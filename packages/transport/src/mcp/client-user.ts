import {
  CLIENT_CAPABILITIES_META_KEY,
  inputResponse,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { fieldsOf, isFields } from '../wire/fields.js';

/** A link for a person, and why they are to open it. */
export type ShownLink = { url: string; message: string };

/** What a person has said to a link. To accept is to open it, and consents to nothing else. */
export type LinkAnswer = 'accept' | 'decline' | 'cancel';

/** The person behind a client that says it can show links; how it is asked to depends on the revision of MCP. */
export type ClientUser =
  /** Until 2025-11-25 it is asked during the call. Rejects when the client fails, or `signal` is aborted. */
  | { asked: 'during'; show: (link: ShownLink, id: string, signal: AbortSignal) => Promise<LinkAnswer> }
  /** Since 2026-07-28 the call is answered with the link, and made again with what the person said. */
  | { asked: 'between'; state: string | undefined; said: LinkAnswer | undefined };

/** The key of the one thing that is asked of a person. */
export const personKey = 'person';

/** Longer than any question waits. Milliseconds. */
const patienceMs = 2 * 3_600_000;

/** Undefined where the client does not say that it can show links. */
export function clientUserOf(server: Server, { mcpReq }: ServerContext): ClientUser | undefined {
  const { envelope } = mcpReq;
  // oxlint-disable-next-line typescript/no-deprecated -- the SDK has no other source for clients of older revisions.
  const capabilities = fieldsOf(envelope)[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities();
  if (!isFields(fieldsOf(fieldsOf(capabilities)['elicitation'])['url'])) return undefined;
  if (envelope !== undefined) {
    const said = inputResponse(mcpReq.inputResponses, personKey);
    const state = mcpReq.requestState<string>();
    return { asked: 'between', state, said: said.kind === 'elicit' ? said.action : undefined };
  }
  return {
    asked: 'during',
    show: async (link, elicitationId, signal) => {
      const { action } = await mcpReq.send(
        { method: 'elicitation/create', params: { mode: 'url', elicitationId, ...link } },
        { signal, timeout: patienceMs },
      );
      return action;
    },
  };
}
