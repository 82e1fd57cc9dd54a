import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';

const callMs = 10_000;

/** Opens an address in a browser's tab over plain CDP, as any client would, and returns what it shows. */
export async function drivePage(wsUrl: string, url: string): Promise<{ title: string; png: Buffer }> {
  const connection = await connectDevtools(wsUrl, { own: createOwnSockets(), callMs });
  try {
    const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true });
    const session = String(sessionId);
    await connection.send('Page.navigate', { url }, session);
    const expression = `new Promise((done) => document.readyState === 'complete' ? done(document.title)
      : addEventListener('load', () => done(document.title)))`;
    const { result } = await connection.send(
      'Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true },
      session,
    );
    const { data } = await connection.send('Page.captureScreenshot', { format: 'png' }, session);
    return { title: valueOf(result), png: Buffer.from(String(data), 'base64') };
  } finally {
    connection.close();
  }
}

function valueOf(result: unknown): string {
  return typeof result === 'object' && result !== null && 'value' in result ? String(result.value) : '';
}
