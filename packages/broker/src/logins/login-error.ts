import { LoginError } from '@escarp/saved-logins';
import { OperationError } from '@escarp/transport';

/** Works with saved logins; what is wrong with them becomes an error of the contract. */
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
