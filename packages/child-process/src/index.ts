export { endFamily } from './end-family.js';
export { closeInheritedDescriptors } from './inherited-descriptors.js';
export { openFilesMax } from './open-files.js';
export { orphansAreReaped } from './orphans.js';
export { packageProgram } from './package-program.js';
export { readProcFile, readStat } from './proc-file.js';
export type { ProcessEntry, ProcessStamp, ProcessState } from './process-entry.js';
export { type FamilyOptions, processFamily } from './process-family.js';
export { type ProcessTable, processTable } from './process-table.js';
export { type CommandOptions, type CommandResult, runCommand } from './run-command.js';
export { isRunning, signalProcess } from './signal-process.js';
export { isOutOfResources, SpawnError, type SpawnErrorCode } from './spawn-error.js';
export {
  type ProcessEnd,
  type RunningProcess,
  shellExitCode,
  startProcess,
  type StartOptions,
} from './start-process.js';
