/** Everything that a command under `escarp run` has started has this variable, with a value of that run's own. */
export const runVariable = 'ESCARP_RUN_ID';
