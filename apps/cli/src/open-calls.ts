/** Follows a conversation in JSON-RPC, one message per line, to know which calls have no answer yet. */
export interface OpenCalls {
  /** What the client wrote. */
  readonly asked: (chunk: Buffer) => void;
  /** What the server wrote. */
  readonly answered: (chunk: Buffer) => void;
  /**
   * The number of calls that wait for an answer. For a conversation in another form, which it cannot follow, it is 0.
   */
  readonly count: () => number;
}

/** A longer line is not a message that anybody waits for; a screenshot is a tenth of it. */
const lineBytesMax = 64_000_000;

export function openCalls(): OpenCalls {
  const open = new Set<unknown>();
  const asked = messageReader(({ id, method, params }) => {
    if (id !== undefined && typeof method === 'string') open.add(id);
    if (method === 'notifications/cancelled') open.delete(recordOf(params)['requestId']);
  });
  const answered = messageReader(({ id, method }) => {
    if (id !== undefined && method === undefined) open.delete(id);
  });
  return { asked, answered, count: () => open.size };
}

type Message = Readonly<Record<string, unknown>>;

function messageReader(read: (message: Message) => void): (chunk: Buffer) => void {
  let begun: Buffer[] = [];
  let bytes = 0;
  return (chunk) => {
    let rest = chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      if (bytes <= lineBytesMax) messagesIn(Buffer.concat([...begun, rest.subarray(0, end)])).forEach(read);
      begun = [];
      bytes = 0;
      rest = rest.subarray(end + 1);
    }
    bytes += rest.byteLength;
    if (bytes > lineBytesMax) begun = [];
    else if (rest.byteLength > 0) begun.push(rest);
  };
}

/** One message, several in a batch, or none. */
function messagesIn(line: Buffer): Message[] {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return (Array.isArray(value) ? value : [value]).map(recordOf);
  } catch {
    return [];
  }
}

const recordOf = (value: unknown): Message =>
  typeof value === 'object' && value !== null ? { ...value } : {};
