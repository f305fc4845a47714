import type { Organisation } from './organisation.ts';
import { type Person, permissionsOfPerson } from './person.ts';
import type { MeReply, OrganisationReply, SignedInReply, TokensReply, UserReply } from './schemas.ts';
import type { SessionTokens } from './session.ts';
import type { SignedIn } from './sign-in.ts';

/** `inCookie`: the refresh token travels in the cookie, so the body does not show it. */
export function presentTokens(tokens: SessionTokens, inCookie: boolean): TokensReply {
  return {
    access_token: tokens.accessToken,
    token_type: 'bearer',
    expires_in: tokens.expiresInSeconds,
    refresh_token: inCookie ? null : tokens.refreshToken,
  };
}

/** The tokens with who signed in; people without a full name are shown by their username. */
export function presentSignedIn({ person, tokens }: SignedIn, inCookie: boolean): SignedInReply {
  const user = {
    user_id: person.id,
    email: person.email,
    full_name: person.fullName ?? person.username,
    role: person.role,
  };
  return { ...presentTokens(tokens, inCookie), user };
}

/** A person as those see them who manage people. */
export function presentUser(person: Person): UserReply {
  return {
    id: person.id,
    organisation_id: person.organisationId,
    username: person.username,
    email: person.email,
    full_name: person.fullName,
    role: person.role,
    is_admin: person.role === 'administrator',
    is_platform_admin: person.isPlatformAdmin,
    disabled: person.disabledAt !== null,
    created_at: person.createdAt.toISOString(),
    last_login_at: person.lastLoginAt?.toISOString() ?? null,
  };
}

/** `projects` is empty until transcription has some. */
export function presentMe(person: Person, organisation: Organisation): MeReply {
  const { id, name, slug } = organisation;
  return {
    id: person.id,
    username: person.username,
    email: person.email,
    full_name: person.fullName,
    is_admin: person.role === 'administrator',
    is_platform_admin: person.isPlatformAdmin,
    role: person.role,
    permissions: [...permissionsOfPerson(person)].sort(),
    created_at: person.createdAt.toISOString(),
    last_login_at: person.lastLoginAt?.toISOString() ?? null,
    projects: [],
    organisation: { id, name, slug },
  };
}

/** An organisation as administrators of the installation see it. */
export function presentOrganisation(organisation: Organisation): OrganisationReply {
  const { id, name, slug, quotaBytes, createdAt } = organisation;
  return { id, name, slug, quota_bytes: quotaBytes, created_at: createdAt.toISOString() };
}
