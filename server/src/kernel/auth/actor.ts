/** Who is asking: made once per request by the Authenticator, read by every use-case. */
export interface Actor {
  /** The organisation whose data this request may see; a token's wins, else by Host, else the default. */
  organisationId: string;
  /** null for someone who has not signed in. */
  personId: string | null;
  sessionId: string | null;
  permissions: ReadonlySet<string>;
  isPlatformAdmin: boolean;
}

/** An actor behind whom a person and a session stand. */
export interface SignedInActor extends Actor {
  personId: string;
  sessionId: string;
}

/** Turns what a request carries into an actor; given to the kernel by the accounts module. */
export interface Authenticator {
  /** Resolves a bearer token; throws an `unauthenticated` problem when it is wrong, late or revoked. */
  authenticate(bearerToken: string): Promise<SignedInActor> | SignedInActor;
  /** The actor of a request without a token; `host` is the Host header, without port. */
  anonymous(host: string): Promise<Actor> | Actor;
}

/** True when the actor holds the permission. */
export function may(actor: Actor, permission: string): boolean {
  return actor.permissions.has(permission);
}

/** Narrows to someone signed in. */
export function isSignedIn(actor: Actor): actor is SignedInActor {
  return actor.personId !== null && actor.sessionId !== null;
}
