import type { Client } from '@escarp/transport';
import { until } from './until.js';

type Request = Parameters<Client['loginSave']>[0];

/** Saves a login of a site that asks nobody to sign in, as soon as its page is open. */
export async function saveAtOnce(client: Client, request: Request): ReturnType<Client['loginSave']> {
  let isOver = false;
  const saving = client.loginSave(request).finally(() => (isOver = true));
  saving.catch(() => {});
  // Refused until the page is open.
  const sayDone = () =>
    client.loginDone({ name: request.name }).then(
      () => true,
      () => false,
    );
  await until(async () => isOver || (await sayDone()));
  return saving;
}
