/** Everything that was started by a command under `escarp run` has this variable, with a value unique to that run. */
export const runVariable = 'ESCARP_RUN_ID';
