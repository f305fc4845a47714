import { create } from 'content-disposition';

/** A Content-Disposition (RFC 6266) with the name in UTF-8 and a readable ASCII form for old clients. */
export function contentDisposition(type: 'inline' | 'attachment', filename?: string): string {
  if (filename === undefined) return type;
  const name =
    filename
      .toWellFormed()
      .replace(/[\x00-\x1f\x7f/\\]+/g, '_')
      .trim() || 'file';
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^\x20-\x7e]+|["%]/g, '_');
  return create(name, { type, fallback: ascii });
}
