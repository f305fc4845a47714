const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'something of that name is in the way',
  EMFILE: 'too many files are open',
  ELOOP: 'its links go in a circle',
  EIO: 'the disk reports an error',
  ENAMETOOLONG: 'the path is too long',
  EADDRINUSE: 'another program uses it',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no answer from the name service',
  ECONNREFUSED: 'nothing answers there',
  ETIMEDOUT: 'no answer in time',
};

/** The `code` of a system error, such as `ENOSPC`, if it carries one. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** What went wrong, in a few plain words that can end a sentence; for errors of the system and of the network. */
export const reasonOf = (error: unknown): string => {
  const known = words[codeOf(error) ?? ''];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
};
