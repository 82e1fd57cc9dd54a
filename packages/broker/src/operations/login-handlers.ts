import type { OperationHandlers, OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { saveLogin } from '../logins/save-login.js';
import type { LoginOperations } from './ports.js';
import { expectReply, submit } from './submit.js';

type LoginHandlers = Pick<
  OperationHandlers,
  'logins' | 'login' | 'loginSave' | 'loginDone' | 'loginRename' | 'loginRemove'
>;

/** What people do with saved logins. */
export function loginHandlers(broker: LoginOperations): LoginHandlers {
  const { logins } = broker;
  return {
    logins: () => logins.list(),
    login: ({ name }) => logins.details(name),
    loginSave: async (input, call) => saveLogin(broker, await leaseOf(broker, input), input, call),
    loginDone: async ({ name }) => {
      if (logins.sayDone(name)) return { name };
      throw new OperationError('login_unknown', { message: `Nobody is signing in for ${name}.` });
    },
    loginRename: ({ name, newName }) => rename(broker, name, newName),
    loginRemove: ({ name }) => remove(broker, name),
  };
}

/** The lease that has a token. Asking for it renews it. */
async function leaseOf(broker: LoginOperations, { leaseToken }: OperationInput<'loginSave'>) {
  const tokenDigest = broker.tokens.digestOf(leaseToken);
  return expectReply(broker, await submit(broker, { type: 'renew', tokenDigest }), 'renewed').lease;
}

async function rename(broker: LoginOperations, name: string, newName: string) {
  await withdraw(broker, name);
  return broker.logins.rename(name, newName);
}

async function remove(broker: LoginOperations, name: string) {
  await withdraw(broker, name);
  await broker.logins.remove(name);
  return { removed: true, name };
}

/** Nobody may hold a login that is being removed. The registry does not know a login that was never leased. */
async function withdraw(broker: LoginOperations, name: string): Promise<void> {
  if (!broker.registry.state.assets.has(name)) return;
  expectReply(broker, await submit(broker, { type: 'asset-removed', name }), 'done');
}
