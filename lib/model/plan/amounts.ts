/** How much of a node. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
}

export interface Resources {
  readonly requests: Capacity;
  readonly limits: Capacity;
  /** Ephemeral storage, request and limit alike: every emptyDir of the container plus logs and slack. */
  readonly ephemeral: number;
}
