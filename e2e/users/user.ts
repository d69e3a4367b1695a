/** What a system's user does: the same for every check, so that what was acknowledged can be asked for afterwards. */
import type { Client } from './client';

export interface User {
  /** One whole session. @throws Error when something is not as a user expects it */
  readonly session: (client: Client) => Promise<string[]>;
  /** Reading requests of the load, by path. */
  readonly reads: readonly string[];
  /** Writes something that must never be lost once it is acknowledged. */
  readonly write: (client: Client, mark: string) => Promise<void>;
  /** Hands in a job; the promise holds its number. */
  readonly submit?: (client: Client, mark: string) => Promise<string>;
  /** Which of the acknowledged writes are gone. */
  readonly missing: (client: Client, marks: readonly string[]) => Promise<string[]>;
  /** Which of the acknowledged jobs are not done. */
  readonly undone?: (client: Client, jobs: readonly string[]) => Promise<string[]>;
  /** Costs processor time, and the service it costs it. */
  readonly burn?: { readonly path: string; readonly service: string };
  /** Secrets whose values are compared: none may stand in two. */
  readonly release: Readonly<Record<string, string>>;
}
