/** The most slots a pool can have. Each is a browser of 200 MB and more, so machines end long before it. */
export const slotsMax = 64;
