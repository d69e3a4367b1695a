import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';
import { endpointOf } from '../resolve/stores';
import type { ParsedStore } from '../schema/system';

/** Encrypted connections: what the system asks for must be what the environment gives, and the other way round. */
export function checkEncryption(context: Context, name: string, store: ParsedStore, path: string): void {
  const { problems, own, at, id, environment } = context;
  const place = `${at.environment}.systems.${id}.stores.${name}`;
  const stated = own.stores[name]?.certificate;
  const encrypts = store.kind === 'postgres' && store.tls === 'verify-full';
  const engine = engineOf(context, name, store);
  if (stated !== undefined && !(encrypts && engine !== 'external'))
    problems.error(
      'certificate-without-server',
      `${place}.certificate`,
      `a certificate for ${encrypts ? `engine ${engine}` : 'a store without tls: verify-full'}`,
      'none: nothing would show it',
    );
  if (!encrypts) return;
  if (endpointOf(context, name, store)?.tls === false)
    problems.error(
      'encryption-of-endpoint',
      own.stores[name]?.endpoint === undefined ? `${at.environment}.managedStores.tls` : `${place}.endpoint.tls`,
      'false',
      `true: ${path}.tls is "verify-full"`,
    );
  const made = stated ?? environment.storeCertificates;
  const image = context.images.get(store.image) ?? '';
  if (
    engine !== 'external' &&
    made.by === 'self-signed' &&
    environment.secrets.provider === 'bootstrap' &&
    /alpine/.test(image)
  )
    problems.error(
      'certificate-needs-openssl',
      `${path}.image`,
      `"${image}", in which bootstrap would make the certificate`,
      'its Debian variant, which has openssl, or a certificate by cert-manager or of a Secret',
    );
}
