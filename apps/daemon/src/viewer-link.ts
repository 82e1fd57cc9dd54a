import { readRunningDaemonFile } from '@escarp/broker';
import { httpFetch, type LeaseView } from '@escarp/transport/client';

/**
 * A link to the slot of a lease, made by the viewer that runs, which takes the lease's token for the right to it; undefined
 * while none runs.
 *
 * @throws the system's errors when it does not answer.
 */
export async function viewerLink(viewerFile: string, { leaseToken }: LeaseView): Promise<string | undefined> {
  const viewer = await readRunningDaemonFile(viewerFile);
  if (viewer === undefined) return undefined;
  const reply = await httpFetch(`${viewer.url}/operator/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ right: 'control', leaseToken }),
  });
  const { urls = [] }: { urls?: string[] } = JSON.parse(await reply.text());
  return urls.find((url) => url.startsWith(viewer.url));
}
