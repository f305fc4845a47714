import { permissionsOf, type Role } from './permissions.ts';

/** Someone who may sign in; belongs to one organisation. */
export interface Person {
  id: string;
  organisationId: string;
  username: string;
  email: string | null;
  fullName: string | null;
  role: Role;
  isPlatformAdmin: boolean;
  passwordHash: string;
  passwordChangedAt: Date;
  disabledAt: Date | null;
  lastLoginAt: Date | null;
  createdAt: Date;
}

/** What the person holds by role, and by being an administrator of the installation. */
export function permissionsOfPerson(person: Pick<Person, 'role' | 'isPlatformAdmin'>): ReadonlySet<string> {
  return permissionsOf(person.role, person.isPlatformAdmin);
}

/** Where a request came from, for sessions and the audit. */
export interface Origin {
  ip: string;
  userAgent: string | null;
}
