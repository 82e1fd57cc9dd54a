import type { OperationRequest } from '@escarp/transport/client';
import type { Arguments } from './arguments.js';

type Choice = NonNullable<OperationRequest<'acquire'>['screenshots']>;

/** The values of `--screenshots`. */
export const screenshotsChoices: readonly Choice[] = ['off', 'on', 'keep'];

/** What a command asks for with its lease; undefined if nothing was said. */
export function screenshotsWish(args: Arguments): { screenshots: Choice | undefined } {
  return { screenshots: screenshotsChoices.find((one) => one === args.text('screenshots')) };
}
