import { codeOf } from './error-code.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you are not allowed to',
  EPERM: 'you are not allowed to',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'part of the path is a file where a folder is needed',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ELOOP: 'it is a symbolic link, or part of the path is one that leads nowhere',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/** Why the system refused something to do with a file, for a sentence that names the file; its own message for rare reasons. */
export function systemReason(error: unknown): string {
  return reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}
