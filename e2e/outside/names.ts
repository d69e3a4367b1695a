/** What lies outside the cluster: on this machine, where the first node's address leads. */
import { controlPlane } from '../cluster/layout';

export const OBJECT_STORAGE = { host: 's3.outside.test', port: 9443, bucket: 'backups', inner: 9100 } as const;

const WEBHOOKS = 9000;

/** Who is told of alerts, by the name of the receiver. */
export function webhookUrl(receiver: string): string {
  return `http://${controlPlane.address}:${WEBHOOKS}/${receiver}`;
}

export const webhookPort = WEBHOOKS;
