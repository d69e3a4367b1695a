/** What a system's user does: the same for every check, so that what was acknowledged can be asked for afterwards. */
import type { Client } from './client';

/** A request that costs a service processor time. */
export interface Burn {
  readonly path: string;
  readonly service: string;
  /** Of one core. */
  readonly seconds: number;
}

/** A file that was acknowledged. */
export interface Upload {
  /** Where it can be downloaded. */
  readonly path: string;
  readonly content: string;
}

export interface User {
  /** The order of a start as the system's document draws it: each step after the one before. */
  readonly order: readonly (readonly string[])[];
  /** One whole session. @throws Error when something is not as a user expects it */
  readonly session: (client: Client) => Promise<string[]>;
  /** Reading requests of the load, by path. */
  readonly reads: readonly string[];
  /** Of these, what asks no store: none of it may fail while a store starts again. */
  readonly plain: readonly string[];
  /** Of these, what is answered however long a store is away: no service on its way is asked for a store's health. */
  readonly lasting: readonly string[];
  /** Writes something that must never be lost once it is acknowledged. */
  readonly write: (client: Client, mark: string) => Promise<void>;
  /** Hands in a job; the promise holds its number. */
  readonly submit?: (client: Client, mark: string) => Promise<string>;
  /** Uploads a small file that must never be lost once it is acknowledged. */
  readonly upload?: (client: Client, mark: string) => Promise<Upload>;
  /** Which of the acknowledged writes and uploads are gone, or not what they were. */
  readonly missing: (client: Client, marks: readonly string[], uploads?: readonly Upload[]) => Promise<string[]>;
  /** Which of the acknowledged jobs are not done. */
  readonly undone?: (client: Client, jobs: readonly string[]) => Promise<string[]>;
  /** Which of them were done only because the application had noticed that they were not, and handed them in again. */
  readonly late?: (client: Client, jobs: readonly string[]) => Promise<string[]>;
  /** Whether a message of the queue is that of a job. */
  readonly isMessageOf?: (message: string, job: string) => boolean;
  /** A migration that the database does not have, where the service that migrates would find it. */
  readonly nextMigration?: { readonly path: string; readonly text: string };
  /** What an autoscaler is tried with. */
  readonly burn?: Burn;
  /** Leaves what a backup must bring back; the promise holds who finds it. @throws Error when it is not there */
  readonly leave: (client: Client) => Promise<(client: Client) => Promise<void>>;
  /** The team's images at another tag. */
  readonly release: Readonly<Record<string, string>>;
}
