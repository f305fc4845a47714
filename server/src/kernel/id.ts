import { v7 } from 'uuid';

/** A new UUID v7 (RFC 9562 §5.7): sorts by time of creation. */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the text form of any UUID; a malformed id in a path is answered 404 before it reaches SQL. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
