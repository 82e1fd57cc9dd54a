const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** "14:03:21", in the viewer's time zone. */
export const timeOfDay = (epochS: number): string => clock.format(epochS * 1_000);

/** "14:03". */
export const hourAndMinute = (epochS: number): string => minutes.format(epochS * 1_000);

/** "14:03:21" for the last day, with the date before it for anything older. */
export function whenOf(epochS: number, nowS: number): string {
  return nowS - epochS > 86_400 ? dateAndTime(epochS) : timeOfDay(epochS);
}

/** "30 Nov, 14:03:21". */
export const dateAndTime = (epochS: number): string => `${day.format(epochS * 1_000)}, ${timeOfDay(epochS)}`;
