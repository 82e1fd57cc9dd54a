import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { makeCertificate } from '../leak-site/certificate.js';
import { LoginSessions } from './login-sessions.js';
import { answerLogin } from './login-pages.js';

/** A site that one signs in at with a password and a second factor, and that keeps its login in every way there is. */
export interface LoginSite {
  /** `https://login.test:PORT`, without a slash at the end. */
  readonly url: string;
  /** What a browser needs to reach the site under its name and to trust its certificate. */
  readonly chromeArgs: readonly string[];
  readonly password: string;
  /** The code of the second factor at this moment. */
  readonly code: () => string;
  readonly sessions: LoginSessions;
  /** Every request so far, as `METHOD /path`. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

const host = 'login.test';

/** Over TLS under a name of its own, or `isPlain` over HTTP on localhost, which browsers trust as much. */
export async function startLoginSite({ isPlain = false } = {}): Promise<LoginSite> {
  const sessions = new LoginSessions();
  const requests: string[] = [];
  const answer: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void answerLogin(request, response, sessions);
  };
  const certificate = isPlain ? undefined : await makeCertificate([host]);
  const server = certificate === undefined ? createHttpServer(answer) : createTlsServer(certificate, answer);
  const port = await listen(server);
  return {
    url: isPlain ? `http://localhost:${port}` : `https://${host}:${port}`,
    chromeArgs:
      certificate === undefined
        ? []
        : [
            `--host-resolver-rules=MAP ${host} 127.0.0.1`,
            `--ignore-certificate-errors-spki-list=${certificate.spkiHash}`,
          ],
    password: sessions.password,
    code: () => sessions.code(),
    sessions,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
