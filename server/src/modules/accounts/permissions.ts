/** Roles that a person may have; each is a set of permissions, see {@link PERMISSION_TABLE}. */
export const ROLES = [
  'administrator',
  'manager',
  'producer',
  'technician',
  'archivist',
  'transcriber',
  'member',
  'guest',
] as const;
/** A name of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

interface Permission {
  description: string;
  heldBy: readonly Role[];
}

const EVERYONE_BUT_GUESTS: readonly Role[] = ROLES.filter((role) => role !== 'guest');

/** Every permission of the program and the roles that hold it. Stable: tokens, keys and routes name them. */
export const PERMISSION_TABLE = {
  'archive.read': { description: 'See débats that are not public.', heldBy: EVERYONE_BUT_GUESTS },
  'archive.write': {
    description: 'Create and change débats, extract their sound.',
    heldBy: ['administrator', 'manager', 'producer', 'archivist'],
  },
  'archive.delete': { description: 'Delete débats.', heldBy: ['administrator'] },
  'media.read': { description: 'Hear recordings that are not public.', heldBy: EVERYONE_BUT_GUESTS },
  'media.write': {
    description: 'Upload, import and change recordings.',
    heldBy: ['administrator', 'manager', 'producer', 'technician', 'archivist'],
  },
  'media.delete': {
    description: 'Put recordings in the trash, and bring them back.',
    heldBy: ['administrator', 'manager'],
  },
  'media.purge': { description: 'Remove recordings for good.', heldBy: ['administrator'] },
  'transcription.read': {
    description: 'See transcriptions and how they come along.',
    heldBy: EVERYONE_BUT_GUESTS,
  },
  'transcription.request': {
    description: 'Ask for transcriptions, retry and cancel them, import transcripts.',
    heldBy: ['administrator', 'manager', 'producer', 'archivist', 'transcriber'],
  },
  'transcription.delete': { description: 'Delete transcriptions.', heldBy: ['administrator', 'manager'] },
  'people.manage': {
    description: 'Create, change and delete people who hold no more than oneself.',
    heldBy: ['administrator', 'manager'],
  },
  'settings.manage': { description: 'Change the settings of the organisation.', heldBy: ['administrator'] },
  'system.read': {
    description: 'See the state of the machines: health in detail, jobs, disk.',
    heldBy: ['administrator', 'manager', 'technician'],
  },
  'organisations.manage': {
    description: 'Create organisations and their people. Held by administrators of the installation only.',
    heldBy: [],
  },
} as const satisfies Record<string, Permission>;

/** A name of {@link PERMISSION_TABLE}. */
export type PermissionName = keyof typeof PERMISSION_TABLE;

/** The names alone. */
export const PERMISSIONS = Object.keys(PERMISSION_TABLE) as readonly PermissionName[];

/** What an administrator of the installation holds besides the permissions of the role. */
const PLATFORM_PERMISSIONS: readonly PermissionName[] = ['organisations.manage', 'system.read'];

function permissionsOfRole(role: Role): PermissionName[] {
  const holds = (permission: Permission) => permission.heldBy.includes(role);
  return PERMISSIONS.filter((name) => holds(PERMISSION_TABLE[name]));
}

const BY_ROLE = new Map<Role, ReadonlySet<string>>(
  ROLES.map((role) => [role, new Set(permissionsOfRole(role))]),
);
const BY_ROLE_ON_PLATFORM = new Map<Role, ReadonlySet<string>>(
  ROLES.map((role) => [role, new Set([...permissionsOfRole(role), ...PLATFORM_PERMISSIONS])]),
);
const NONE: ReadonlySet<string> = new Set();

/** The permissions of a role; the same set object each time, shared by every actor. */
export function permissionsOf(role: Role, isPlatformAdmin: boolean): ReadonlySet<string> {
  return (isPlatformAdmin ? BY_ROLE_ON_PLATFORM : BY_ROLE).get(role) ?? NONE;
}

/** Nobody grants, or takes over, what they do not hold: true when `mine` covers `theirs`. */
export function covers(mine: ReadonlySet<string>, theirs: ReadonlySet<string>): boolean {
  return [...theirs].every((permission) => mine.has(permission));
}
