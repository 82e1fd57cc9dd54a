import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import type { DevtoolsConnection } from '@escarp/slot-pool';

/** What makes Node listen for `DaemonHeap` on a port, and say nothing of it. */
export const inspectable = (port: number): Record<string, string> => ({
  NODE_OPTIONS: `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`,
});

/** The heap of a daemon in another process, over the inspector of Node. */
export class DaemonHeap {
  private readonly inspector: DevtoolsConnection;

  private constructor(inspector: DevtoolsConnection) {
    this.inspector = inspector;
  }

  static async open(port: number): Promise<DaemonHeap> {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target]: { webSocketDebuggerUrl: string }[] = JSON.parse(await answer.text());
    const address = target?.webSocketDebuggerUrl ?? '';
    return new DaemonHeap(await connectDevtools(address, { own: createOwnSockets(), callMs: 60_000 }));
  }

  /** Bytes that are in use once all garbage is gone, so that two readings differ by what is kept, and by little else. */
  async bytesInUse(): Promise<number> {
    await this.inspector.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.inspector.send('Runtime.getHeapUsage');
    return Number(usedSize);
  }

  close(): void {
    this.inspector.close();
  }
}
