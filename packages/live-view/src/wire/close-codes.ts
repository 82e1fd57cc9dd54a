/** Close codes of WebSockets, besides the usual ones. After all but `tryAgain` connecting anew is of no use. */
export const viewerCloseCodes = {
  sessionEnded: 4401,
  inputWithoutControl: 4403,
  noSuchSlot: 4404,
  badMessage: 4400,
  /** The browser or display went away; connect again after a moment. */
  tryAgain: 4503,
} as const;
