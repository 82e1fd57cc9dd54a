import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A session in the viewer, as the page behind a link has it: an address and a cookie. */
export class ViewerSession {
  readonly origin: string;
  /** Of the session, below which everything of it lies. */
  readonly path: string;
  readonly cookie: string;
  /** What opened it. */
  readonly secret: string;

  private constructor(origin: string, secret: string, path: string, cookie: string) {
    this.origin = origin;
    this.secret = secret;
    this.path = path;
    this.cookie = cookie;
  }

  /** Opens a link that `escarp view` or an agent gave to a person. */
  static async open(link: string): Promise<ViewerSession> {
    const [origin = '', secret = ''] = link.split('/#');
    const reply = await redeem(origin, secret);
    const { path }: { path: string } = JSON.parse(await reply.text());
    const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
    return new ViewerSession(origin, secret, path, cookie);
  }

  async get(route: string): Promise<Response> {
    return fetch(`${this.origin}${this.path}api/${route}`, { headers: { cookie: this.cookie } });
  }

  async post(route: string, body: object): Promise<Response> {
    return postTo(`${this.origin}${this.path}api/${route}`, this.origin, body, this.cookie);
  }

  /** The socket by which pictures come and input goes, once it is open. */
  async pictures(): Promise<WebSocket> {
    const url = `${this.origin.replace('http', 'ws')}${this.path}api/pictures`;
    const socket = new WebSocket(url, { headers: { cookie: this.cookie, origin: this.origin } });
    await once(socket, 'open');
    return socket;
  }
}

/** Asks the viewer for a session by the secret of a link. */
export async function redeem(origin: string, secret: string): Promise<Response> {
  return postTo(`${origin}/session`, origin, { link: secret });
}

async function postTo(url: string, origin: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin, cookie };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
