export { errorTable, isErrorCode } from './error-table.js';
export { errorWords, type ErrorWords, type Surface } from './error-words.js';
export type { ErrorCode, ErrorEntry, Retry } from './error-table.js';
export { firstAborted, withTimeLimit } from './first-aborted.js';
export type { LeaseScope } from './lease-scope.js';
export { omitUndefined } from './omit-undefined.js';
export { isLeaseOver, OperationError, type OperationErrorOptions, type Refusal } from './operation-error.js';
export { nullFields, pickFields } from './pick-fields.js';
export { slotsMax } from './pool-limits.js';
export { isInheritedName, isReadableName, plainLine, visibleText } from './readable-name.js';
export { messageOf } from './message-of.js';
export { loopbackNames } from './loopback-names.js';
export { portLadder, portsTried } from './port-ladder.js';
export { exitCodeOf, isProgramErrorCode, programErrors } from './program-errors.js';
export type {
  BrowserErrorCode,
  CommandErrorCode,
  DaemonErrorCode,
  IdentityErrorCode,
  ProgramErrorCode,
  ProgramErrorEntry,
  RunnerErrorCode,
  SetupErrorCode,
} from './program-errors.js';
export { leftBehind, resetPolicies, resetPromises, resetSentence, slotState } from './reset-policies.js';
export type { ResetPolicy, ResetPromise, SlotState } from './reset-policies.js';
export type { SlotAddress } from './slot-address.js';
export { tiers, type Tier } from './tiers.js';
