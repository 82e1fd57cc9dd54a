import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, makeTempHome, type TempHome } from '@escarp/test-support';
import { FakePool, startViewer, type ViewerFixture } from './viewer-fixture.js';

/** Loopback too, but for the viewer another address like any other. Linux alone has it without being told to. */
const address = '127.0.0.2';

describe.runIf(process.platform === 'linux')('another address', () => {
  let fixture: ViewerFixture;
  let folder: TempHome;

  beforeAll(async () => {
    fixture = await startViewer(new FakePool([{}]));
    folder = await makeTempHome();
    const { cert, key } = await makeCertificate([address]);
    await writeFile(pem(), cert + key);
  });
  afterAll(async () => {
    await fixture.end();
    await folder.remove();
  });

  const pem = (name = 'both.pem'): string => join(folder.path, name);
  const listen = async (at: string, tlsCert = pem()): Promise<{ status: number; body: { url?: string } }> => {
    const reply = await fixture.operate('listen', { address: at, tlsCert, tlsKey: pem() });
    return { status: reply.status, body: await reply.json() };
  };

  it('is served once, however often it is asked for and however it is spelled', async () => {
    const first = await listen(address);
    expect(first).toEqual({ status: 200, body: { url: `https://${address}:${fixture.viewer.port}` } });
    expect(await listen(address)).toEqual(first);
    expect(await listen('127.2')).toEqual(first);
    const { urls }: { urls: string[] } = await (await fixture.makeLink({ right: 'view' })).json();
    expect(urls.map((url) => url.split('/#')[0])).toEqual([fixture.viewer.url, first.body.url]);
  });

  it.each([
    ['0.0.0.0', 'Name one address'],
    ['0', 'Name one address'],
    ['::', 'Name one address'],
    ['0:0::0', 'Name one address'],
    ['::ffff:0.0.0.0', 'Name one address'],
    ['no-such-host.invalid', 'cannot be looked up'],
    ['127.0.0.2:80', 'neither an address'],
    ['127.0.0.2/x', 'neither an address'],
    ['ada@127.0.0.2', 'neither an address'],
    ['*', 'cannot be looked up'],
    ['fe80::1%lo', 'neither an address'],
    // Of documentation, and so of no machine.
    ['2001:db8::1', 'cannot serve at'],
    ['192.0.2.7', 'this machine does not have that address'],
    // Where it is served without TLS.
    ['127.0.0.1', 'cannot serve at'],
  ])('is not %s: %s', async (at, why) => {
    expect(await listen(at)).toMatchObject({ status: 400, body: { message: expect.stringContaining(why) } });
  });

  it.each([
    ['/nowhere/cert.pem', 'there is no such file'],
    ['/dev/null/cert.pem', 'a file where a folder is needed'],
    ['/dev', 'it is a folder'],
  ])('is not served with the certificate %s: %s', async (tlsCert, why) => {
    expect(await listen('127.0.0.6', tlsCert)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(why), hint: expect.stringContaining('--tls-cert') },
    });
  });

  it('is served once when it is asked for twice at the same time', async () => {
    const both = await Promise.all([listen('127.0.0.4'), listen('127.0.0.4')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is not served at a port that is in use there, and it is said what to do', async () => {
    const other = createServer();
    await once(other.listen(fixture.viewer.port, '127.0.0.5'), 'listening');
    expect(await listen('127.0.0.5')).toMatchObject({
      status: 400,
      body: {
        message: `The viewer cannot serve at 127.0.0.5: port ${fixture.viewer.port} is in use there.`,
        hint: expect.stringContaining('ESCARP_VIEW_PORT'),
      },
    });
    other.close();
  });

  it('is not served with what is no certificate, and goes on with the one it has', async () => {
    await writeFile(pem('none.pem'), 'none');
    for (const path of [pem('none.pem'), pem('missing.pem')])
      for (const at of ['127.0.0.3', address]) expect(await listen(at, path)).toMatchObject({ status: 400 });
    expect(await listen(address)).toMatchObject({ status: 200 });
  });
});
