/** How an image that stands in for a published one is made, and what it must keep of that one's contract. */
export interface Recipe {
  /** The folder's name in the cache. */
  readonly name: string;
  /** Debian packages; what they depend on comes with them. */
  readonly packages: readonly string[];
  /** @default bookworm */
  readonly suite?: 'bookworm' | 'forky';
  /** Files of ours: path in the image → path below `e2e/`; a folder is copied whole. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs built elsewhere: path in the image → file of this machine. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Shell commands inside the finished tree, as root and without a network. */
  readonly commands?: readonly string[];
  /** Of the program that a published image is named after: itself, or a command inside the tree whose answer has it. */
  readonly version?: { readonly is: string } | { readonly command: string };
  /** Every applet of busybox becomes a command, as in Alpine. */
  readonly applets?: boolean;
  readonly config: ImageConfig;
}

/** The part of an image's configuration that a container sees. */
export interface ImageConfig {
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  /** What the kubelet sends to stop it. @default SIGTERM */
  readonly stopSignal?: string;
}
