/**
 * How much memory the programs of a cluster may leave uncollected. Go collects garbage whenever its heap has doubled, which
 * is a good part of all that a control plane computes; it lives for minutes here, on a machine with gigabytes to spare.
 * The limits keep it from taking them all.
 * @see https://pkg.go.dev/runtime#hdr-Environment_Variables
 */
export const OF_SERVERS = { GOGC: '300', GOMEMLIMIT: '1536MiB' } as const;

/** A command is over before its garbage matters. */
export const OF_COMMANDS = { GOGC: 'off', GOMEMLIMIT: '512MiB' } as const;
