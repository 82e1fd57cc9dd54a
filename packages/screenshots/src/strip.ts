import * as v from 'valibot';

/** What a Date can hold at most. */
const epochSecondsMax = 8_640_000_000_000;
const epochSeconds = v.pipe(v.number(), v.minValue(0), v.maxValue(epochSecondsMax));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const shortText = v.pipe(v.string(), v.maxLength(2_000));

/** A picture's file is named by its number, so that a name from outside can lead nowhere else. */
export const pictureFile = v.pipe(v.string(), v.regex(/^\d{1,9}\.jpg$/));

const stripPicture = v.object({
  file: pictureFile,
  at: epochSeconds,
  bytes: whole,
  title: shortText,
  url: shortText,
});

/** Ids of leases are UUIDs; nothing else becomes the name of a folder. */
export const leaseId = v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/));

const stripLease = v.object({
  lease: leaseId,
  slot: whole,
  fence: whole,
  holder: shortText,
  since: epochSeconds,
});

export const stripSchema = v.object({ ...stripLease.entries, pictures: v.array(stripPicture) });

/** One picture of a strip. */
export interface StripPicture {
  /** Name of its file in the folder of the strip. */
  readonly file: string;
  /** When the page was drawn so, in epoch seconds. */
  readonly at: number;
  /** Size of the file, in bytes. */
  readonly bytes: number;
  /** Title of the page. */
  readonly title: string;
  /** Address of the page, without what may be secret in one: user, query and fragment. */
  readonly url: string;
}

/** Whose pictures a strip holds. */
export interface StripLease {
  /** Id of the lease. */
  readonly lease: string;
  readonly slot: number;
  /** Which of the slot's leases it is. */
  readonly fence: number;
  readonly holder: string;
  /** When the lease began, in epoch seconds. */
  readonly since: number;
}

/** The pictures of one lease, the oldest first. */
export interface Strip extends StripLease {
  readonly pictures: readonly StripPicture[];
}

/** A strip as it is found on disk. */
export interface StoredStrip extends Strip {
  /** Whether it stays when its lease ends. */
  readonly isKept: boolean;
}
