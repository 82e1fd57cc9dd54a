/** At most so many bytes has what is kept of a profile. */
export const profileBytesMax = 64_000_000;

/** At most so many files has it. */
export const profileFilesMax = 20_000;
