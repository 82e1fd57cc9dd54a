import { LoginError } from '@escarp/saved-logins';
import { OperationError } from '@escarp/transport';

/** Does something with saved logins; what is wrong with them becomes the contract's error. */
export async function withLogins<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LoginError ? contractError(error) : error;
  }
}

function contractError({ code, message, hint }: LoginError): OperationError {
  return new OperationError(code, { message, hint });
}
