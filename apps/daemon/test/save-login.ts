import type { Client } from '@escarp/transport';

type Request = Omit<Parameters<Client['loginSave']>[0], 'leaseToken'>;

/** Saves the login that somebody makes by signing in, at this DevTools address, in a slot that is free again afterwards. */
export async function saveLogin<T>(
  client: Client,
  request: Request,
  signIn: (cdpUrl: string) => Promise<T>,
): Promise<T> {
  const { leaseToken, cdpWsUrl } = await client.acquire({ holder: 'person', waitS: 60 });
  const saving = client.loginSave({ leaseToken, ...request });
  const [made] = await Promise.all([signIn(cdpWsUrl ?? ''), saving]);
  await client.release({ leaseToken });
  return made;
}

/** Of files below a state directory: the browser that is signed in keeps its login in its profile, and nowhere else. */
export function isOutsideProfiles(path: string): boolean {
  return !path.includes('/profiles/') && !path.includes('/trash/');
}
