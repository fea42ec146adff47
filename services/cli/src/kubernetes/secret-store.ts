/** A Kubernetes Secret: values by key, decoded. All of them are secrets. */
export interface Secret {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

/** The Secrets of one namespace. */
export interface SecretStore {
  /** Returns undefined for a Secret that does not exist. */
  get(name: string): Promise<Secret | undefined>;
  /** Creates a Secret. Returns false if one of that name exists, which stays as it is. */
  create(secret: Secret): Promise<boolean>;
  /** Replaces the values of a Secret that exists. */
  replace(secret: Secret): Promise<void>;
  /** Deletes a Secret. Returns false if it did not exist. */
  delete(name: string): Promise<boolean>;
}
