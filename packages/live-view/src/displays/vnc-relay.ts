import { connect } from 'node:net';
import { createWebSocketStream, type WebSocket } from 'ws';
import type { ViewerPorts } from '../ports.js';
import { viewerCloseCodes } from '../wire/index.js';
import { ClientFilter, type InputVerdict } from './client-filter.js';

/** What the display of a slot needs to be shown through one socket. */
export interface VncRelayOptions {
  readonly socket: WebSocket;
  readonly slot: number;
  /** Where the display's VNC server listens; rejects when the slot has no display. */
  readonly displaySocket: (slot: number) => Promise<string>;
  readonly inputVerdict: () => InputVerdict;
  readonly ports: ViewerPorts;
}

/** Relays a slot's display until either side closes. What the server sends waits in the kernel while the client is slow. */
export async function relayVnc(options: VncRelayOptions): Promise<void> {
  const { socket, slot, displaySocket, inputVerdict, ports } = options;
  const path = await displaySocket(slot).catch(() => undefined);
  if (path === undefined) {
    socket.close(viewerCloseCodes.tryAgain, 'no display now');
    return;
  }
  const filter = new ClientFilter(inputVerdict);
  const display = connect(path);
  const client = createWebSocketStream(socket);
  const end = (code: number, why: string): void => {
    if (socket.readyState === socket.OPEN) socket.close(code, why);
    display.destroy();
  };
  display.on('error', () => end(viewerCloseCodes.tryAgain, 'the display went away'));
  display.once('close', () => end(viewerCloseCodes.tryAgain, 'the display went away'));
  client.on('error', () => display.destroy());
  client.once('close', () => display.destroy());
  display.pipe(client, { end: false });
  client.on('data', (bytes: Buffer) => {
    const passed = passOn(filter, bytes);
    if (passed === 'garbled') end(viewerCloseCodes.badMessage, 'not RFB');
    else if (passed === 'end') {
      ports.log('A viewer without the right to control has sent input; its socket is closed.', { slot });
      end(viewerCloseCodes.inputWithoutControl, 'input without control');
    } else display.write(passed);
  });
}

function passOn(filter: ClientFilter, bytes: Buffer): Buffer | 'end' | 'garbled' {
  try {
    return filter.pass(bytes);
  } catch {
    return 'garbled';
  }
}
