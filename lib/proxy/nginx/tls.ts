import { tlsFolder } from '../layout';
import { block, map } from './syntax';

/**
 * TLS as Mozilla's *intermediate* profile has it: 1.2 and 1.3, forward secrecy only.
 * @see https://wiki.mozilla.org/Security/Server_Side_TLS
 */
const ciphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/**
 * A variable in the certificate's path makes nginx read it for each full handshake (two small files, in memory), so that a
 * renewed one is used without a reload. Not `ssl_certificate_cache`: it ages certificate and key apart, and for a moment
 * after a renewal pairs the new one with the old other.
 */
export function tlsMaps(): string[] {
  return map('""', 'tls_folder', [['default', tlsFolder]]);
}

/** The TLS half of a server. */
export function tlsSettings(): string[] {
  return [
    'http2 on;',
    'ssl_certificate $tls_folder/tls.crt;',
    'ssl_certificate_key $tls_folder/tls.key;',
    'ssl_protocols TLSv1.2 TLSv1.3;',
    `ssl_ciphers ${ciphers};`,
    'ssl_prefer_server_ciphers off;',
    'ssl_session_cache shared:tls:4m;',
    'ssl_session_timeout 1d;',
    'ssl_session_tickets off;',
  ];
}

/** A redirect leads to a host of ours, whatever the request's `Host` says. */
export function redirectMaps(hosts: readonly string[]): string[] {
  const [main = '$host'] = hosts;
  return map('$host', 'redirect_host', [['default', main], ...hosts.map((host) => [host, host] as const)]);
}

/** What port 80 does beside its health when TLS is at this pod. */
export function redirectLocation(): string[] {
  return block('location /', ['return 301 https://$redirect_host$request_uri;']);
}
