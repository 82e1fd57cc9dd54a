import { listStrips, readPicture, type StoredStrip } from '@escarp/screenshots';

/** Where the screenshots of leases are read. */
export interface StripSource {
  /** That of the newest lease first. */
  readonly list: () => Promise<StoredStrip[]>;
  /** The JPEG of one; undefined if it is not there any more. */
  readonly read: (lease: string, file: string) => Promise<Buffer | undefined>;
}

/** The screenshots in a state directory. */
export function stripsOf(home: string): StripSource {
  return { list: () => listStrips(home), read: (lease, file) => readPicture(home, lease, file) };
}
