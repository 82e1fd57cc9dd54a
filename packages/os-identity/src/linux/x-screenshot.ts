import { IdentityError } from '../errors.js';
import type { Bounds } from '../identity.js';
import { encodePng } from '../png.js';
import type { XConnection } from './x-connection.js';

const FORMAT_Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;
const BYTES_PER_PIXEL = 4;

/** What the screen shows in a region, all windows on it included; the mouse cursor is drawn elsewhere and is not. */
export async function captureScreen(x: XConnection, wanted: Bounds) {
  const region = clip(wanted, x);
  const image = await x.ask<{ visualId: number; data: Buffer }>((client, done) =>
    client.GetImage(
      FORMAT_Z_PIXMAP,
      x.screen.root,
      region.x,
      region.y,
      region.width,
      region.height,
      ALL_PLANES,
      done,
    ),
  );
  const rgb = toRgb(image.data, region, channelsOf(x));
  return { png: encodePng(rgb, region.width, region.height), width: region.width, height: region.height };
}

export function wholeScreen(x: XConnection): Bounds {
  return { x: 0, y: 0, width: x.screen.pixel_width, height: x.screen.pixel_height };
}

/** GetImage refuses a region that reaches beyond the screen, as a window partly moved off it does. */
function clip({ x: left, y: top, width, height }: Bounds, x: XConnection): Bounds {
  const [right, bottom] = [
    Math.min(left + width, x.screen.pixel_width),
    Math.min(top + height, x.screen.pixel_height),
  ];
  const [visibleLeft, visibleTop] = [Math.max(left, 0), Math.max(top, 0)];
  if (right <= visibleLeft || bottom <= visibleTop)
    throw new IdentityError('screen_unreadable', 'The window is outside the screen.');
  return { x: visibleLeft, y: visibleTop, width: right - visibleLeft, height: bottom - visibleTop };
}

type Channel = { mask: number; shift: number };

/** Where red, green and blue lie in a pixel of the root window, whose image this is. */
function channelsOf({ client, screen }: XConnection): Channel[] {
  const visual = Object.values(screen.depths).map((visuals) => visuals[String(screen.root_visual)]);
  const found = visual.find((candidate) => candidate !== undefined);
  if (found === undefined || client.display.image_byte_order !== 0)
    throw new IdentityError('screen_unreadable', 'The screen has an unknown pixel format.');
  return [found.red_mask, found.green_mask, found.blue_mask].map((mask) => ({
    mask: mask >>> 0,
    shift: 31 - Math.clz32(mask & -mask),
  }));
}

function toRgb(data: Buffer, { width, height }: Bounds, channels: readonly Channel[]): Uint8Array {
  const pixels = width * height;
  if (data.length < pixels * BYTES_PER_PIXEL)
    throw new IdentityError('screen_unreadable', 'The screen has fewer than 32 bits per pixel.');
  const rgb = new Uint8Array(pixels * channels.length);
  const scales = channels.map(({ mask, shift }) => 255 / (mask >>> shift));
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const value = data.readUInt32LE(pixel * BYTES_PER_PIXEL);
    channels.forEach(({ mask, shift }, channel) => {
      rgb[pixel * channels.length + channel] = ((value & mask) >>> shift) * (scales[channel] ?? 1);
    });
  }
  return rgb;
}
