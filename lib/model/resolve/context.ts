import type { Mode, Tier } from '../plan';
import type { Problems } from '../problems';
import type { ParsedEnvironment } from '../schema/environment';
import type { ParsedService, ParsedStore, ParsedSystem } from '../schema/system';

type SystemOf<Key extends keyof ParsedSystem> = ParsedSystem[Key] extends Record<string, infer Value> ? Value : never;
export type ParsedTool = SystemOf<'tools'>;
export type ParsedOutside = SystemOf<'outside'>;

/**
 * What is left of a system in one environment and tier: switched-off profiles, stores of other tiers, tools and routes
 * of other modes are gone. Everything that resolves or checks reads this.
 */
export interface Context {
  readonly id: string;
  readonly system: ParsedSystem;
  /** The stores beside which `system` has a cache that its file does not draw. */
  readonly separateCaches: readonly string[];
  readonly environmentName: string;
  readonly environment: ParsedEnvironment;
  readonly own: OwnSettings;
  readonly mode: Mode;
  readonly tier: Tier;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly services: ReadonlyMap<string, ParsedService>;
  readonly stores: ReadonlyMap<string, ParsedStore>;
  readonly tools: ReadonlyMap<string, ParsedTool>;
  readonly outside: ReadonlyMap<string, ParsedOutside>;
  readonly routes: readonly ParsedSystem['routes'][number][];
  /** The service that is the nginx proxy. */
  readonly proxy: string | undefined;
  readonly images: ReadonlyMap<string, string>;
  readonly problems: Problems;
  /** `systems/<id>` and `environments/<name>`: where messages point. */
  readonly at: { readonly system: string; readonly environment: string };
}

/** What the environment's file says of this system alone. */
export type OwnSettings = ParsedEnvironment['systems'][string];

/** Whether the store runs elsewhere, and where. */
export interface Endpoint {
  readonly host: string;
  readonly cidrs: readonly string[];
  readonly port: number;
  readonly tls: boolean;
}

/** What `select` starts from: parsed files and the choice of tier. */
export interface Chosen {
  readonly id: string;
  readonly system: ParsedSystem;
  /** The stores beside which `system` has a cache that its file does not draw. */
  readonly separateCaches: readonly string[];
  readonly environmentName: string;
  readonly environment: ParsedEnvironment;
  readonly images: Readonly<Record<string, string>>;
  readonly tier: Tier | undefined;
  readonly problems: Problems;
}
