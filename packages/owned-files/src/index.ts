export { appendOwnedSync } from './append-sync.js';
export { emptyFolder, removeTree, type Undeleted } from './empty-folder.js';
export { emptyOwnedFolder } from './empty-owned-folder.js';
export { codeOf, isCode } from './error-code.js';
export {
  claimant,
  claimPlace,
  type ClaimPlace,
  type MachineClaim,
  portClaim,
  takeClaim,
} from './machine-claim.js';
export { makeRootFolder } from './make-root-folder.js';
export {
  makeFileOnce,
  openAnew,
  openOwnedFile,
  removeOwned,
  renameOwned,
  syncFolder,
  truncateOwned,
  writeFileAtomically,
} from './owned-file.js';
export { type EntryName, OwnedFolder } from './owned-folder.js';
export { systemReason } from './system-reason.js';
export { Trash, trashOf, type TrashOptions } from './trash.js';
