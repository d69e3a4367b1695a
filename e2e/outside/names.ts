/** What lies outside the cluster: on this machine, where the first node's address leads. */
import { controlPlane } from '../cluster/layout';

export const OBJECT_STORAGE = { host: 's3.outside.test', port: 9443, bucket: 'backups', inner: 9100 } as const;

/** What pods may be let out to. */
export const OUTSIDE = [`${controlPlane.address}/32`];

export const webhookPort = 9000;

/** Who is told of alerts, by the name of the receiver. */
export function webhookUrl(receiver: string): string {
  return `http://${controlPlane.address}:${webhookPort}/${receiver}`;
}
