import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

/** Hint: sessions of a person have ended; whoever holds something for them lets go. */
export const SESSION_REVOKED = 'accounts.session-revoked';

const SessionRevokedSchema = Type.Object({
  organisationId: Type.String(),
  personId: Type.String(),
  /** The session that ended; null when all did, but `exceptSessionId`. */
  sessionId: Type.Union([Type.String(), Type.Null()]),
  exceptSessionId: Type.Union([Type.String(), Type.Null()]),
});
/** Whose sessions have ended, and which of them. */
export type SessionRevoked = Static<typeof SessionRevokedSchema>;

/** The hint's data, or null when it has another shape (an older process during an upgrade). */
export function readSessionRevoked(data: unknown): SessionRevoked | null {
  return Check(SessionRevokedSchema, data) ? data : null;
}

/** True when the news concerns this session. */
export function concerns(news: SessionRevoked, session: { personId: string; sessionId: string }): boolean {
  if (news.personId !== session.personId || news.exceptSessionId === session.sessionId) return false;
  return news.sessionId === null || news.sessionId === session.sessionId;
}

/** Hint: organisations were made or changed. */
export const ORGANISATIONS_CHANGED = 'accounts.organisations-changed';
