import type { Access } from '../operation.js';

/** One address of the HTTP surface. What `answer` throws becomes an error of the contract. */
export type Route = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  access: Access;
  answer: (request: Request, access: Access) => Response | Promise<Response>;
};
