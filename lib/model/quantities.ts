/** Quantities: the Plan counts in millicores and MiB, Kubernetes wants text. */

const mebibytes = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 } as const;

/** `"500m"` → 500, `"2"` → 2000, `"0.5"` → 500. */
export function millicores(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Math.round(Number(quantity) * 1000);
}

/** `"512Mi"` → 512, `"2Gi"` → 2048. */
export function mib(quantity: string): number {
  const unit = quantity.slice(-2) as keyof typeof mebibytes;
  return Number(quantity.slice(0, -2)) * mebibytes[unit];
}

/** 500 → `"500m"`, 2000 → `"2"`: the form the API server sends back. */
export function cpuQuantity(millis: number): string {
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** 512 → `"512Mi"`, 2048 → `"2Gi"`. */
export function byteQuantity(size: number): string {
  return size % 1024 === 0 && size > 0 ? `${size / 1024}Gi` : `${size}Mi`;
}
