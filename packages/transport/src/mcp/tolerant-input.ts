import type { Readable } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { isJson, readText } from '../http/read-body.js';

const byteOrderMark = '\uFEFF';

/**
 * What a client writes, line by line, without the byte order mark that some begin with, and without null arguments,
 * because null means absent. The protocol's own form is stricter, and its validator answers obscurely or not at all.
 */
export function tolerantLines(stdin: Readable): Transform {
  const decoder = new StringDecoder('utf8');
  let isFirst = true;
  let rest = '';
  const lines = new Transform({
    transform(chunk: Buffer, _, done) {
      const [last = '', ...whole] = (rest + decoder.write(chunk)).split('\n').toReversed();
      rest = last;
      for (const line of whole.toReversed()) this.push(`${next(line)}\n`);
      done();
    },
    flush(done) {
      if (rest !== '') this.push(next(rest));
      done();
    },
  });
  const next = (line: string): string => {
    const text = isFirst && line.startsWith(byteOrderMark) ? line.slice(1) : line;
    isFirst = false;
    return withoutNullArguments(text);
  };
  pipeline(stdin, lines, () => {
    // The end of the lines shows that the client has gone.
  });
  return lines;
}

/**
 * The same for one request over HTTP. Its body is read here and passed on as a whole, because the protocol's own
 * library leaves a body that it refuses half read, which blocks the connection. A body that is not JSON is not read at
 * all, and the request is passed on without it, to be refused.
 *
 * @throws OperationError `body_too_large`, or `bad_request` for a body that ends early.
 */
export async function tolerantRequest(request: Request, bytesMax: number): Promise<Request> {
  if (request.method !== 'POST') return request;
  const body = isJson(request.headers) ? withoutNullArguments(await readText(request, bytesMax)) : '';
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  return new Request(request.url, { method: 'POST', headers, body, signal: request.signal });
}

const nullArguments = /"arguments"\s*:\s*null/;

function withoutNullArguments(text: string): string {
  if (!nullArguments.test(text)) return text;
  try {
    return JSON.stringify(
      JSON.parse(text, (name, value: unknown) =>
        name === 'arguments' && value === null ? undefined : value,
      ),
    );
  } catch {
    return text;
  }
}
