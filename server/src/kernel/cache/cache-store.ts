/** What a look finds: nothing beside the generation that something new would belong to, or a value of it. */
export interface CacheFound {
  generation: string;
  value: string | null;
}

/** A value on its way into the store. */
export interface CacheValue {
  /** As `get` answered it before the value was made: one of an earlier generation is never found. */
  generation: string;
  value: string;
  ttlMs: number;
}

/**
 * Where texts are kept: memory or Redis. What is kept belongs to a generation of its organisation; forgetting begins a
 * new one, so that nothing has to be searched for to be removed. Every method may fail while the store is away.
 */
export interface CacheStore {
  readonly name: 'memory' | 'redis';
  get(organisationId: string, key: string): Promise<CacheFound>;
  set(organisationId: string, key: string, value: CacheValue): Promise<void>;
  /** Nothing kept of the organisation until now is found any more. */
  forget(organisationId: string): Promise<void>;
  /** Nothing kept until now is found any more. */
  forgetAll(): Promise<void>;
}
