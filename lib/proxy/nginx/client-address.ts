import { block, map } from './syntax';

/**
 * Who the client is. Only trusted proxies are believed: from anybody else `X-Forwarded-For` and `-Proto` are what the
 * client made up.
 * @param trusted CIDRs of the proxies in front
 */
export function clientAddress(trusted: readonly string[]): string[] {
  return [
    ...trusted.map((cidr) => `set_real_ip_from ${cidr};`),
    ...(trusted.length ? ['real_ip_header X-Forwarded-For;', 'real_ip_recursive on;'] : []),
    // The address of the connection, before it is replaced by the client's.
    ...block('geo $realip_remote_addr $from_trusted_proxy', ['default 0;', ...trusted.map((cidr) => `${cidr} 1;`)]),
    ...map('"$from_trusted_proxy:$http_x_forwarded_proto"', 'forwarded_proto', [
      ['default', '$scheme'],
      ['"1:http"', 'http'],
      ['"1:https"', 'https'],
    ]),
    // `$host` is normalized, but lacks the port that a development address has.
    ...map('$http_host', 'host_port', [
      ['default', '""'],
      ['"~(?<port_asked_for>:[0-9]+)$"', '$port_asked_for'],
    ]),
  ];
}
