/** A radio, an assembly: everything belongs to one, and none sees another's. */
export interface Organisation {
  id: string;
  name: string;
  /** Unique; letters a–z, digits and hyphens. */
  slug: string;
  /** Lower case, without port. */
  hostnames: string[];
  /** New débats are public unless said otherwise. */
  publicArchive: boolean;
  isDefault: boolean;
  /** How much sound it may keep, the trash included; null: as much as there is room for. */
  quotaBytes: number | null;
  createdAt: Date;
}

/** Stands for "none yet": before the set-up, reads under it find nothing. */
export const NO_ORGANISATION_ID = '00000000-0000-0000-0000-000000000000';
