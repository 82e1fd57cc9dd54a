import type { Lease } from '@escarp/lease-registry';
import type { IdentityDriver, IdentityError } from '@escarp/os-identity';
import { OperationError } from '@escarp/transport';

/** The attribute of a lease whose slot has a window although the pool is headless. */
export const windowAttribute = 'window';

/** Whether the slot of this lease has a window although the pool is headless. */
export function hasOwnWindow(lease: Pick<Lease, 'attributes'> | undefined): boolean {
  return lease?.attributes[windowAttribute] === true;
}

/** Throws `nowhere_to_show`, with what is missing, where no slot could be given a window. */
export async function refuseWithoutScreen(identity: IdentityDriver): Promise<void> {
  const reason = await identity.whyNoWindow();
  if (reason !== null) throw nowhereToShow(reason);
}

/** The error of the contract for what is missing to show a window. */
export function nowhereToShow({ message, hint, code }: IdentityError): OperationError {
  return new OperationError('nowhere_to_show', {
    message: `There is nowhere to show a window. ${message}`,
    ...(hint === null ? {} : { hint }),
    details: { reason: code },
  });
}
