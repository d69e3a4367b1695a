import type { Tier } from './plan';

/** What a Plan is made from: the files as found, and the choice of tier. */
export interface Selection {
  readonly system: { readonly id: string; readonly raw: unknown };
  readonly environment: { readonly name: string; readonly raw: unknown; readonly images?: unknown };
  /** @default - the environment's */
  readonly tier?: Tier | undefined;
  /** What the rules about names outside the two files need: the environments there are. @default - not checked */
  readonly environments?: readonly string[] | undefined;
  /** The systems there are. @default - not checked */
  readonly systems?: readonly string[] | undefined;
  /** Whether a file below the root exists. @default - not checked */
  readonly exists?: ((path: string) => boolean) | undefined;
}
