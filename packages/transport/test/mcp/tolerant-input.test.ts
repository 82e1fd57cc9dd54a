import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { tolerantLines, tolerantRequest } from '../../src/mcp/tolerant-input.js';

const call = (args: unknown) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'escarp_status', arguments: args },
  });
const bare = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'escarp_status' },
});

/** What is read from a client that writes these pieces and then leaves. */
async function read(...pieces: (string | Buffer)[]): Promise<string> {
  const stdin = new PassThrough();
  const lines = tolerantLines(stdin);
  for (const piece of pieces) stdin.write(piece);
  stdin.end();
  return text(lines);
}

describe('the lines of a client', () => {
  it('lose a byte order mark that stands before the first', async () => {
    expect(await read('\uFEFF{"a":1}\n', '{"b":"\uFEFF"}\n')).toBe('{"a":1}\n{"b":"\uFEFF"}\n');
  });

  it('lose null arguments, which mean none', async () => {
    expect(await read(`${call(null)}\n${call({ x: null })}\n`)).toBe(`${bare}\n${call({ x: null })}\n`);
  });

  it('are otherwise unchanged, wherever they were cut, and the last one needs no line break', async () => {
    const line = Buffer.from(`${JSON.stringify({ text: 'Zoë 🦊', arguments: 'null' })}\n{"last":true}`);
    const pieces = Array.from(line, (_, at) => line.subarray(at, at + 1));
    expect(await read(...pieces)).toBe(line.toString());
    expect(await read('{ "arguments": null, broken\n')).toBe('{ "arguments": null, broken\n');
  });
});

describe('a request over HTTP', () => {
  const request = (body: string) =>
    new Request('http://127.0.0.1/mcp', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
    });

  it('loses null arguments too', async () => {
    expect(await (await tolerantRequest(request(call(null)), 1_000)).text()).toBe(bare);
  });

  it('is passed on unchanged if there are none, and refused if it is too large', async () => {
    expect(await (await tolerantRequest(request(call({})), 1_000)).text()).toBe(call({}));
    await expect(tolerantRequest(request(call(null)), 10)).rejects.toMatchObject({ code: 'body_too_large' });
  });
});
