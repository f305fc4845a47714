import { describe, expect, it } from 'vitest';
import { covers, PERMISSION_TABLE, PERMISSIONS, permissionsOf, ROLES } from './permissions.ts';
import { refuseGranting, refuseManaging, roleAsked } from './policy.ts';

const actor = (role: (typeof ROLES)[number], isPlatformAdmin = false) => ({
  organisationId: 'o',
  personId: 'p',
  sessionId: 's',
  permissions: permissionsOf(role, isPlatformAdmin),
  isPlatformAdmin,
});

describe('roles', () => {
  it('hold what the product says', () => {
    expect(permissionsOf('administrator', false).has('archive.delete')).toBe(true);
    expect(permissionsOf('archivist', false).has('archive.write')).toBe(true);
    expect(permissionsOf('archivist', false).has('archive.delete')).toBe(false);
    expect(permissionsOf('transcriber', false).has('archive.write')).toBe(false);
    expect([...permissionsOf('guest', false)]).toEqual([]);
  });

  it('give nobody the organisations, but the administrators of the installation', () => {
    expect(ROLES.filter((role) => permissionsOf(role, false).has('organisations.manage'))).toEqual([]);
    expect(permissionsOf('administrator', true).has('organisations.manage')).toBe(true);
  });

  it('let administrators hold all the rest', () => {
    const all = PERMISSIONS.filter((name) => name !== 'organisations.manage');
    expect([...permissionsOf('administrator', false)].sort()).toEqual([...all].sort());
  });

  it('are one set each, whoever asks', () => {
    expect(permissionsOf('member', false)).toBe(permissionsOf('member', false));
  });

  it('say what each permission is for', () => {
    for (const { description } of Object.values(PERMISSION_TABLE)) expect(description).toMatch(/\.$/);
  });
});

describe('covers', () => {
  it('needs every one', () => {
    expect(covers(new Set(['a', 'b']), new Set(['a']))).toBe(true);
    expect(covers(new Set(['a']), new Set(['a', 'b']))).toBe(false);
    expect(covers(new Set(), new Set())).toBe(true);
  });
});

describe('nobody grants what they do not hold', () => {
  it('so a manager makes no administrator', () => {
    expect(() => refuseGranting(actor('manager'), 'administrator')).toThrow(/administrator/);
    expect(() => refuseGranting(actor('manager'), 'archivist')).not.toThrow();
  });

  it('so an administrator does not take over one of the installation', () => {
    const target = { username: 'root', role: 'administrator', isPlatformAdmin: true } as const;
    const person = {
      ...target,
      id: 't',
      organisationId: 'o',
      email: null,
      fullName: null,
      passwordHash: '',
      passwordChangedAt: new Date(0),
      disabledAt: null,
      lastLoginAt: null,
      createdAt: new Date(0),
    };
    expect(() => refuseManaging(actor('administrator'), person)).toThrow(/root/);
    expect(() => refuseManaging(actor('administrator', true), person)).not.toThrow();
  });
});

describe('roleAsked', () => {
  it('understands both ways of saying it', () => {
    expect(roleAsked({})).toBeUndefined();
    expect(roleAsked({ role: 'producer' })).toBe('producer');
    expect(roleAsked({ is_admin: true })).toBe('administrator');
    expect(roleAsked({ is_admin: false })).toBe('member');
    expect(roleAsked({ is_admin: false, role: 'guest' })).toBe('guest');
  });

  it('refuses a contradiction', () => {
    expect(() => roleAsked({ is_admin: true, role: 'guest' })).toThrow(/contradict/);
    expect(() => roleAsked({ is_admin: false, role: 'administrator' })).toThrow(/contradict/);
  });
});
