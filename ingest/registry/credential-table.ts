import type {Credential, DocumentStore} from '#schemas';

const COLLECTION = 'credential';

type CredentialDocument = {schemaVersion: 1} & Credential;

export type CredentialTable = {
  get(username: string): Credential | undefined;
  all(): Credential[];
  put(credential: Credential): Promise<void>;
  /** What `put` writes, for whoever writes it together with other things; `keep` takes it in then. */
  entry(credential: Credential): {collection: string; id: string; value: unknown};
  keep(credential: Credential): void;
  /** Forgets those of these devices, and of bridges that speak for no other. */
  removeOf(devices: ReadonlySet<string>): Promise<void>;
};

/** Credentials by user name. The secret is kept as SHA-256 of a random token, never as itself. */
export function createCredentialTable(documents: DocumentStore): CredentialTable {
  const credentials = new Map<string, Credential>();
  for (const {principal, secretSha256} of documents.all<CredentialDocument>(COLLECTION)) {
    credentials.set(principal.username, {principal, secretSha256});
  }
  function entry(credential: Credential) {
    const value: CredentialDocument = {schemaVersion: 1, ...credential};
    return {collection: COLLECTION, id: credential.principal.username, value};
  }
  return {
    get: (username) => credentials.get(username),
    entry,
    keep: (credential) => {
      credentials.set(credential.principal.username, credential);
    },
    all: () => [...credentials.values()],
    put: async (credential) => {
      await documents.put([entry(credential)]);
      credentials.set(credential.principal.username, credential);
    },
    removeOf: async (devices) => {
      const gone = [...credentials.values()].filter(({principal}) =>
        principal.kind === 'device'
          ? devices.has(principal.device)
          : (principal.devices?.length ?? 0) > 0 && principal.devices!.every((device) => devices.has(device)),
      );
      if (gone.length === 0) return;
      await documents.remove(gone.map(({principal}) => ({collection: COLLECTION, id: principal.username})));
      for (const {principal} of gone) credentials.delete(principal.username);
    },
  };
}
