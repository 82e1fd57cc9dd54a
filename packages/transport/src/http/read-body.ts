import { OperationError } from '@escarp/contract';

/**
 * The JSON value of a request's body.
 *
 * @throws OperationError `unsupported_media_type`, `body_too_large`, `bad_json`, or `bad_request` for a body that ends
 *   early.
 */
export async function readJsonBody(request: Request, bytesMax: number): Promise<unknown> {
  if (!isJson(request.headers)) throw new OperationError('unsupported_media_type');
  const text = await readText(request, bytesMax);
  try {
    return JSON.parse(text);
  } catch {
    throw new OperationError('bad_json');
  }
}

/** A web page can send a form or plain text without a preflight, so nothing but JSON is read. */
export function isJson(headers: Headers): boolean {
  const contentType = headers.get('content-type');
  return (
    contentType === 'application/json' ||
    contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
  );
}

/**
 * The text of a request's body.
 *
 * @throws OperationError `body_too_large`, or `bad_request` for a body that ends early.
 */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const declared = request.headers.get('content-length');
  if (declared === null) return await readStream(request, bytesMax);
  // The HTTP parser delivers exactly as many bytes as were declared.
  if (Number(declared) > bytesMax) throw tooLarge(bytesMax);
  return await whole(request.text());
}

/**
 * What the answer to a refused body must tell the client: nothing more can be read from a connection on which a body of
 * unknown length was not read to its end.
 */
export function refusalHeaders(request: Request, { code }: OperationError): Record<string, string> {
  const isHalfRead = code === 'body_too_large' && request.headers.get('content-length') === null;
  return isHalfRead ? { connection: 'close' } : {};
}

async function readStream(request: Request, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { value } = (await (reader && whole(reader.read()))) ?? {};
    if (value === undefined) break;
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      void reader?.cancel().catch(() => {});
      throw tooLarge(bytesMax);
    }
    chunks.push(value);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Reading fails only if the client hangs up in the middle, which is no fault of ours. */
async function whole<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (cause) {
    throw new OperationError('bad_request', { message: 'The body broke off before its end.', cause });
  }
}

const tooLarge = (bytesMax: number) =>
  new OperationError('body_too_large', { message: `The body is larger than ${bytesMax} bytes.` });
