import { OperationError } from '../operation-error.js';

/**
 * The JSON value of a request's body.
 *
 * @throws OperationError `unsupported_media_type`, `body_too_large` or `bad_json`.
 */
export async function readJsonBody(request: Request, bytesMax: number): Promise<unknown> {
  if (!isJson(request.headers.get('content-type'))) throw new OperationError('unsupported_media_type');
  const text = await readText(request, bytesMax);
  try {
    return JSON.parse(text);
  } catch {
    throw new OperationError('bad_json');
  }
}

/** A form or a plain-text post is what a web page can send without a preflight, so nothing but JSON is read. */
const isJson = (contentType: string | null) =>
  contentType === 'application/json' ||
  contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';

async function readText(request: Request, bytesMax: number): Promise<string> {
  const declared = request.headers.get('content-length');
  if (declared === null) return await readStream(request, bytesMax);
  // The HTTP parser delivers exactly as many bytes as were declared.
  if (Number(declared) > bytesMax) throw tooLarge(bytesMax);
  return await request.text();
}

async function readStream(request: Request, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLarge = (bytesMax: number) =>
  new OperationError('body_too_large', { message: `The body is larger than ${bytesMax} bytes.` });
