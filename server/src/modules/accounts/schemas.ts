import Type, { type Static } from 'typebox';
import { PageMembers, PageQuery } from '../../kernel/http/schemas.ts';
import { EMAIL_PATTERN, LINE_PATTERN, USERNAME_MAX_LENGTH } from './names.ts';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from './password-policy.ts';
import { ROLES } from './permissions.ts';

/** Unknown fields are refused throughout: a mistyped right must not pass unnoticed. */
const closed = { additionalProperties: false };
const MAX_NAME_CHARS = 200;
const MAX_EMAIL_CHARS = 255;
/** Code units, before normalisation: the policy counts characters afterwards. */
const MAX_TYPED_PASSWORD = PASSWORD_MAX_LENGTH * 4;

const RoleName = Type.Enum([...ROLES]);
const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const Line = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: LINE_PATTERN, description });
const Username = Line(
  USERNAME_MAX_LENGTH,
  'Letters and digits of any script, and . _ -; unique, case ignored.',
);
const Email = Type.String({
  maxLength: MAX_EMAIL_CHARS,
  pattern: EMAIL_PATTERN,
  description: 'Unique, case ignored.',
});
const TypedPassword = Type.String({ minLength: 1, maxLength: MAX_TYPED_PASSWORD });
const NewPassword = Type.String({
  minLength: 1,
  maxLength: MAX_TYPED_PASSWORD,
  description: `${PASSWORD_MIN_LENGTH} to ${PASSWORD_MAX_LENGTH} characters; not among the commonest, not one's own name.`,
});
const SignInName = Line(MAX_EMAIL_CHARS, 'Username or e-mail.');
const Token = Type.String({ minLength: 1, maxLength: 200 });

export const PasswordGrant = Type.Object(
  {
    username: SignInName,
    password: TypedPassword,
    grant_type: Type.Optional(Type.Literal('password')),
    scope: Type.Optional(Type.String({ maxLength: 1000, description: 'Accepted, not used.' })),
    client_id: Type.Optional(Type.String({ maxLength: 200, description: 'Accepted, not used.' })),
    client_secret: Type.Optional(Type.String({ maxLength: 200, description: 'Accepted, not used.' })),
  },
  closed,
);

const WantsCookie = Type.Optional(
  Type.Boolean({
    description: 'Keep the refresh token in a cookie that scripts cannot read.',
    default: false,
  }),
);

export const Login = Type.Object({ email: SignInName, password: TypedPassword, cookie: WantsCookie }, closed);

/** The body may be left out: the refresh token is then the cookie's. */
export const RefreshTokenBody = Nullable(
  Type.Object({ refresh_token: Type.Optional(Nullable(Token)) }, closed),
);

export const ChangePassword = Type.Object(
  { current_password: TypedPassword, new_password: NewPassword },
  closed,
);

const tokenMembers = {
  access_token: Type.String(),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer({ description: 'Seconds until the access token ends.' }),
  refresh_token: Nullable(Type.String({ description: 'Null when it is in the cookie.' })),
};

export const TokensSchema = Type.Object(tokenMembers, { $id: 'Tokens' });
export const SignedInSchema = Type.Object(
  {
    ...tokenMembers,
    user: Type.Object({
      user_id: Id,
      email: Nullable(Type.String()),
      full_name: Type.String(),
      role: RoleName,
    }),
  },
  { $id: 'SignedIn' },
);

export const MeSchema = Type.Object(
  {
    id: Id,
    username: Type.String(),
    email: Nullable(Type.String()),
    full_name: Nullable(Type.String()),
    is_admin: Type.Boolean({ description: 'Administrator of the organisation.' }),
    is_platform_admin: Type.Boolean({ description: 'Administrator of the installation.' }),
    role: RoleName,
    permissions: Type.Array(Type.String()),
    created_at: Instant,
    last_login_at: Nullable(Instant),
    projects: Type.Array(Type.Object({ id: Id, name: Type.String(), created_at: Instant })),
    organisation: Type.Object({ id: Id, name: Type.String(), slug: Type.String() }),
  },
  { $id: 'Me' },
);

export const UserSchema = Type.Object(
  {
    id: Id,
    organisation_id: Id,
    username: Type.String(),
    email: Nullable(Type.String()),
    full_name: Nullable(Type.String()),
    role: RoleName,
    is_admin: Type.Boolean(),
    is_platform_admin: Type.Boolean(),
    disabled: Type.Boolean(),
    created_at: Instant,
    last_login_at: Nullable(Instant),
  },
  { $id: 'User' },
);

export const UserPageSchema = Type.Object(
  { users: Type.Array(Type.Ref('User')), ...PageMembers },
  { $id: 'UserPage' },
);

const FullName = Nullable(Line(MAX_NAME_CHARS, 'As people read it.'));

export const UserToCreate = Type.Object(
  {
    username: Username,
    password: NewPassword,
    email: Type.Optional(Nullable(Email)),
    full_name: Type.Optional(FullName),
    is_admin: Type.Optional(Type.Boolean({ description: 'The same as role administrator, or not.' })),
    role: Type.Optional(RoleName),
    organisation_id: Type.Optional(Id),
  },
  closed,
);

export const UserUpdate = Type.Object(
  {
    full_name: Type.Optional(FullName),
    is_admin: Type.Optional(Type.Boolean()),
    role: Type.Optional(RoleName),
    disabled: Type.Optional(Type.Boolean()),
  },
  { ...closed, minProperties: 1 },
);

export const PasswordToSet = Type.Object({ password: NewPassword }, closed);
export const UserParams = Type.Object({ id: Type.String() });
export const PageQuerySchema = Type.Object(PageQuery);

const QuotaBytes = Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()], {
  description: 'How much sound it may keep, the trash included; null is without limit',
});

export const OrganisationSchema = Type.Object(
  {
    id: Id,
    name: Type.String(),
    slug: Type.String(),
    quota_bytes: QuotaBytes,
    created_at: Instant,
  },
  { $id: 'Organisation' },
);

export const OrganisationPageSchema = Type.Object(
  { organisations: Type.Array(Type.Ref('Organisation')), ...PageMembers },
  { $id: 'OrganisationPage' },
);

export const OrganisationToCreate = Type.Object(
  {
    name: Line(MAX_NAME_CHARS, 'As people read it.'),
    slug: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 63,
        pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
        description: 'Made from the name when absent.',
      }),
    ),
  },
  closed,
);

export const OrganisationToChange = Type.Object({ quota_bytes: QuotaBytes }, closed);
export const OrganisationParams = Type.Object({ organisation: Type.String({ maxLength: 100 }) });

export const OwnOrganisation = Type.Object({
  name: Type.String(),
  slug: Type.String(),
  public_archive: Type.Boolean(),
});

export const SetupState = Type.Object({ needed: Type.Boolean() });

export const SetupForm = Type.Object(
  {
    token: Token,
    organisation_name: Line(MAX_NAME_CHARS, 'The radio, assembly or newsroom.'),
    username: Username,
    email: Email,
    password: NewPassword,
    cookie: WantsCookie,
  },
  closed,
);

export const NoContent = Type.Null({ description: 'Done.' });

/** Schemas that replies refer to by name. */
export const sharedSchemas = [
  TokensSchema,
  SignedInSchema,
  MeSchema,
  UserSchema,
  UserPageSchema,
  OrganisationSchema,
  OrganisationPageSchema,
];

export type SignedInReply = Static<typeof SignedInSchema>;
export type TokensReply = Static<typeof TokensSchema>;
export type MeReply = Static<typeof MeSchema>;
export type UserReply = Static<typeof UserSchema>;
export type OrganisationReply = Static<typeof OrganisationSchema>;
